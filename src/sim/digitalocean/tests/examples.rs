//! Every request example that the vendor publishes, sent to a world that has what it names.

use serde_json::Value;

use crate::sim::digitalocean::tests::spec::Spec;
use crate::sim::digitalocean::tests::stage::Stage;

/// What the examples name, and what stands for it here.
const NAMES: [(&str, &str); 0] = [];

/// Examples that need another cluster than the Postgres one: operation, example, engine.
const ENGINES: [(&str, &str, &str); 0] = [];

/// Examples that are refused: operation, example, status, why.
const REFUSED: [(&str, &str, u16, &str); 0] = [];

#[tokio::test]
async fn published_examples_are_taken_or_refused_for_a_stated_reason() {
    let Some(spec) = Spec::load("openapi examples") else { return };
    let (mut faults, mut taken, mut refused) = (Vec::new(), 0, 0);
    for (operation, of) in spec.operations() {
        let Some(request) = spec.request(of) else { continue };
        let (method, template) = operation.split_once(' ').unwrap();
        for (name, example) in spec.examples(request) {
            let mut stage = Stage::set().await;
            let engine = ENGINES.iter().find(|(at, of, _)| *at == operation && *of == name);
            if let Some((_, _, engine)) = engine {
                stage.ids.insert("database_cluster_uuid", stage.ids[engine].clone());
            }
            let body = placed(&stage, &example);
            let (status, answer) = stage.bench.call(method, &stage.path(template), body.clone()).await;
            let stated =
                REFUSED.iter().find(|(at, of, ..)| *at == operation && *of == name).map(|(.., status, _)| *status);
            match stated {
                Some(expected) if status == expected => refused += 1,
                None if (200..300).contains(&status) => taken += 1,
                _ => faults.push(format!("{operation}, {name}: {status} {answer} for {body}")),
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(refused, REFUSED.len(), "each stated reason is needed");
    assert!(taken > 40, "{taken}");
}

/// The example with our own ids where it names the vendor's.
fn placed(stage: &Stage, example: &Value) -> Value {
    let mut text = example.to_string();
    for (theirs, ours) in NAMES {
        text = text.replace(theirs, stage.ids.get(ours).map_or(ours, String::as_str));
    }
    serde_json::from_str(&text).unwrap()
}
