//! What is told of how far an apply has come.

use std::sync::Arc;
use std::sync::Mutex;

use super::Lab;
use super::handover::balanced;
use crate::apply::Ended;
use crate::apply::Event;
use crate::apply::Observer;

/// How many objects were told to be done, running and waiting, one after another.
#[derive(Default)]
struct Counts(Mutex<Vec<(usize, usize, usize)>>);

impl Observer for Counts {
    fn event(&self, event: Event) {
        if let Event::Progress { done, running, waiting } = event {
            self.0.lock().expect("no holder panics").push((done, running, waiting));
        }
    }
}

async fn told(condition: &str) -> (Ended, Vec<(usize, usize, usize)>) {
    let mut lab = Lab::new(&format!(
        r#"
        resource "terraform_data" "a" {{}}
        locals {{
          id = terraform_data.a.id
        }}
        resource "terraform_data" "b" {{
          input = local.id
          lifecycle {{
            precondition {{
              condition     = local.id {condition} "x"
              error_message = "It is not as it should be."
            }}
          }}
        }}
        resource "terraform_data" "c" {{
          input = terraform_data.b.output
        }}
        "#
    ));
    let counts = Arc::new(Counts::default());
    lab.session.observer = Arc::clone(&counts) as Arc<dyn Observer>;
    let planned = lab.plan().await;
    let applied = lab.perform(planned).await;
    let told = std::mem::take(&mut *counts.0.lock().expect("no holder panics"));
    (applied.outcome.ended, told)
}

#[tokio::test]
async fn only_objects_are_counted() {
    let (ended, told) = told("!=").await;
    assert_eq!(ended, Ended::Complete);
    assert_eq!(told, [(0, 1, 2), (1, 0, 2), (1, 1, 1), (2, 0, 1), (2, 1, 0), (3, 0, 0)]);
}

#[tokio::test]
async fn what_failed_and_what_needs_it_waits_for_nothing() {
    let (ended, told) = told("==").await;
    assert_eq!(ended, Ended::Failed);
    assert_eq!(told, [(0, 1, 2), (1, 0, 2), (1, 0, 0)]);
}

#[tokio::test]
async fn a_release_is_no_object_of_its_own() {
    let mut lab = Lab::new(&balanced(2, "debian-12-x64", ""));
    lab.apply().await;
    let counts = Arc::new(Counts::default());
    lab.session.observer = Arc::clone(&counts) as Arc<dyn Observer>;
    lab.write(&balanced(2, "ubuntu-24-04-x64", ""));
    lab.apply().await;
    let told = std::mem::take(&mut *counts.0.lock().expect("no holder panics"));
    // Two deletions, two creations and an update.
    assert_eq!(told.first(), Some(&(0, 0, 5)), "{told:?}");
    assert!(told.iter().all(|(done, running, waiting)| done + running + waiting == 5), "{told:?}");
}
