//! Every rule that the vendor publishes about request bodies, broken one at a time.

use crate::sim::digitalocean::tests::mutations;
use crate::sim::digitalocean::tests::requests;
use crate::sim::digitalocean::tests::spec::Spec;
use crate::sim::digitalocean::tests::stage::Stage;

/// Where the vendor is known to take what its interface forbids: operation, pointer, rule, why.
const TAKEN: [(&str, &str, &str, &str); 18] = [
    (
        "POST /v2/databases",
        "/rules/0/uuid",
        "pattern",
        "the vendor gives rules their ids and does not look at what is sent",
    ),
    ("PUT /v2/databases/{database_cluster_uuid}/firewall", "/rules/0/uuid", "pattern", "as above"),
    ("POST /v2/databases/{database_cluster_uuid}/replicas", "/size", "required", "without one it is as the primary's"),
    ("PUT /v2/domains/*", "/type", "required", "a record keeps its type"),
    ("PATCH /v2/domains/*", "/type", "required", "a record keeps its type"),
    ("POST /v2/firewalls/{firewall_id}/rules", "/outbound_rules/0/ports", "required", "clients leave it out for ICMP"),
    ("POST /v2/load_balancers", "/droplet_ids", "required", "one may be made before there is anything behind it"),
    ("PUT /v2/load_balancers/{lb_id}", "/droplet_ids", "required", "one may be left with nothing behind it"),
    ("POST /v2/load_balancers", "/size_unit", "maximum", "the vendor's limit has grown from 100 to 200"),
    ("PUT /v2/load_balancers/{lb_id}", "/size_unit", "maximum", "the vendor's limit has grown from 100 to 200"),
    ("POST /v2/uptime/checks", "/method", "required", "there is no such field"),
    ("POST /v2/uptime/checks", "/regions", "required", "the vendor chooses"),
    ("POST /v2/uptime/checks", "/type", "required", "https unless something else is said"),
    ("POST /v2/uptime/checks", "/enabled", "required", "enabled unless something else is said"),
    ("POST /v2/uptime/checks/{check_id}/alerts", "/notifications/slack", "required", "clients send only what they use"),
    ("POST /v2/uptime/checks/{check_id}/alerts", "/notifications/email", "required", "clients send only what they use"),
    ("PUT /v2/uptime/checks/*", "/notifications/slack", "required", "clients send only what they use"),
    ("PUT /v2/uptime/checks/*", "/notifications/email", "required", "clients send only what they use"),
];

/// Words of refusals that do not name the field, and what they are about.
const UNNAMED: [(&str, &str); 2] =
    [("failed to resolve VPC", "private_network_uuid"), ("is not a valid tag", "a tag's name")];

fn is_meant(pattern: &str, text: &str) -> bool {
    pattern == text || pattern == "*" || pattern.strip_suffix('*').is_some_and(|start| text.starts_with(start))
}

/// Whether a message is about a field; of several it may name one.
fn is_named(message: &str, field: &str) -> bool {
    let field = field.to_lowercase();
    !field.is_empty() && message.contains(field.trim_end_matches('s'))
}

#[tokio::test]
async fn a_body_that_breaks_a_published_rule_is_refused() {
    let Some(spec) = Spec::load("openapi requests") else { return };
    let (mut faults, mut refused) = (Vec::new(), 0);
    let mut used = vec![false; TAKEN.len()];
    for (operation, of) in spec.operations() {
        let Some(request) = spec.request(of) else { continue };
        let method = operation.split(' ').next().unwrap();
        let published = spec.validator(&request["schema"]);
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
                // Of some rules either the one or the other must be kept, and the other one is.
                if published.is_valid(&mutation.body) {
                    continue;
                }
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
                let names = parts.take(2).any(|part| is_named(&message, part));
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
