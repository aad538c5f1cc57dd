//! Every rule that the vendor publishes about request bodies, broken one at a time.

use crate::sim::digitalocean::tests::mutations;
use crate::sim::digitalocean::tests::requests;
use crate::sim::digitalocean::tests::spec::Spec;
use crate::sim::digitalocean::tests::stage::Stage;

/// Where the vendor is known to take what its interface forbids: operation, pointer, rule, why.
const TAKEN: [(&str, &str, &str, &str); 0] = [];

/// Refusals whose message does not name the field, in the vendor's own words.
const UNNAMED: [(&str, &str); 0] = [];

fn is_meant(pattern: &str, text: &str) -> bool {
    pattern == text || pattern == "*" || pattern.strip_suffix('*').is_some_and(|start| text.starts_with(start))
}

#[tokio::test]
async fn a_body_that_breaks_a_published_rule_is_refused() {
    let Some(spec) = Spec::load("openapi requests") else { return };
    let (mut faults, mut refused) = (Vec::new(), 0);
    let mut used = vec![false; TAKEN.len()];
    for (operation, of) in spec.operations() {
        let Some(request) = spec.request(of) else { continue };
        let method = operation.split(' ').next().unwrap();
        let forms = requests::good(&Stage::set().await, &operation).len();
        for form in 0..forms {
            let stage = Stage::set().await;
            let (template, good) = requests::good(&stage, &operation).swap_remove(form);
            let path = stage.path(&template);
            for mutation in mutations::all(&spec, &request["schema"], &good) {
                let (pointer, rule) = (mutation.pointer.as_str(), mutation.rule);
                let excepted = TAKEN.iter().position(|(at, where_, which, _)| {
                    is_meant(at, &operation) && is_meant(where_, pointer) && is_meant(which, rule)
                });
                if let Some(n) = excepted {
                    used[n] = true;
                    continue;
                }
                stage.bench.wait(0.3);
                let (status, answer) = stage.bench.call(method, &path, mutation.body.clone()).await;
                let place = format!("{operation} {pointer} {rule}");
                if !(400..500).contains(&status) {
                    faults.push(format!("{place}: {status} for {}", mutation.body));
                    continue;
                }
                refused += 1;
                let message = answer["message"].as_str().unwrap().to_lowercase();
                let parts = pointer.rsplit('/').filter(|part| part.parse::<usize>().is_err());
                let names = parts.take(2).any(|part| !part.is_empty() && message.contains(&part.to_lowercase()));
                if !names && !UNNAMED.iter().any(|(known, _)| message.contains(&known.to_lowercase())) {
                    faults.push(format!("{place}: refused for something else: {message}"));
                }
            }
            // Otherwise everything above could have been refused for another reason.
            let (status, answer) = stage.bench.call(method, &path, good.clone()).await;
            if !(200..300).contains(&status) {
                faults.push(format!("{operation} refuses the good body {good}: {status} {answer}"));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    let unused: Vec<_> = TAKEN.iter().zip(&used).filter(|(_, used)| !**used).map(|(row, _)| row).collect();
    assert!(unused.is_empty(), "exceptions that nothing needs: {unused:?}");
    assert!(refused > 300, "{refused}");
}
