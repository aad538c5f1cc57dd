//! Somebody between the program and the vendor, who hands on what both say, or does not.

use std::io::BufReader;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;

/// What happens to requests of a method whose path begins so.
#[derive(Clone)]
struct Rule {
    method: &'static str,
    path: &'static str,
    act: Act,
}

/// What is done to a request.
#[derive(Clone)]
pub(super) enum Act {
    /// It is answered here, and never reaches the vendor: a status, a content type and a body.
    Answer(&'static str, &'static str, &'static str),
    /// The vendor's answer breaks off after so many bytes of its body.
    Cut(usize),
    /// The vendor's answer says something else: what stands for what.
    Say(&'static str, &'static str),
}

/// A listening middleman; it ends with the test's process.
pub(super) struct Middleman {
    pub(super) address: String,
    rules: Arc<Mutex<Vec<Rule>>>,
    passed: Arc<Mutex<Vec<String>>>,
}

impl Middleman {
    /// Between the program and a vendor at an address.
    pub(super) fn before(vendor: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (rules, passed) = (Arc::new(Mutex::new(Vec::<Rule>::new())), Arc::new(Mutex::new(Vec::new())));
        let (vendor, known, noted) = (vendor.to_owned(), Arc::clone(&rules), Arc::clone(&passed));
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (vendor, known, noted) = (vendor.clone(), Arc::clone(&known), Arc::clone(&noted));
                // A program that is done hangs up.
                std::thread::spawn(move || carry(connection, &vendor, &known, &noted));
            }
        });
        Self { address, rules, passed }
    }

    /// From now on this happens to such requests.
    pub(super) fn meddle(&self, method: &'static str, path: &'static str, act: Act) {
        self.rules.lock().unwrap().push(Rule { method, path, act });
    }

    /// From now on all is handed on as it is.
    pub(super) fn behave(&self) {
        self.rules.lock().unwrap().clear();
    }

    /// The requests since the last time, as `GET /v2/account`.
    pub(super) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.passed.lock().unwrap())
    }
}

fn carry(mut connection: TcpStream, vendor: &str, rules: &Mutex<Vec<Rule>>, passed: &Mutex<Vec<String>>) -> Option<()> {
    let (head, body) = message(&mut BufReader::new(connection.try_clone().ok()?))?;
    let mut words = head.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    passed.lock().unwrap().push(format!("{method} {path}"));
    let rules = rules.lock().unwrap().clone();
    let rule = rules.into_iter().find(|rule| rule.method == method && path.starts_with(rule.path));
    let act = rule.map(|rule| rule.act);
    if let Some(Act::Answer(status, kind, body)) = act {
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}");
        return write(&mut connection, &head, body.as_bytes(), length);
    }
    let mut upstream = TcpStream::connect(vendor).ok()?;
    upstream.write_all(format!("{}\r\nconnection: close\r\n\r\n", head.trim_end()).as_bytes()).ok()?;
    upstream.write_all(&body).ok()?;
    let (head, mut body) = message(&mut BufReader::new(upstream))?;
    let lines = head.trim_end().lines().filter(|line| !line.to_lowercase().starts_with("content-length:"));
    let head = lines.collect::<Vec<_>>().join("\r\n");
    let head = head.replace("connection: close\r\n", "").replace("\r\nconnection: close", "");
    let mut length = body.len();
    match act {
        Some(Act::Cut(at)) => body.truncate(at),
        Some(Act::Say(what, instead)) => {
            body = String::from_utf8(body).ok()?.replace(what, instead).into_bytes();
            length = body.len();
        }
        Some(Act::Answer(..)) | None => {}
    }
    write(&mut connection, &format!("{head}\r\ncontent-length: {length}"), &body, length)
}

/// A head with its first line, and a body.
fn message(from: &mut impl std::io::BufRead) -> Option<(String, Vec<u8>)> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        if let Some(number) = line.to_lowercase().strip_prefix("content-length:") {
            length = number.trim().parse().ok()?;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    Some((head, body))
}

fn write(to: &mut TcpStream, head: &str, body: &[u8], length: usize) -> Option<()> {
    let head =
        if length == 0 && head.contains(" 204 ") { head.replace("\r\ncontent-length: 0", "") } else { head.into() };
    to.write_all(format!("{head}\r\nconnection: close\r\n\r\n").as_bytes()).ok()?;
    to.write_all(body).ok()
}

/// Asks a vendor one thing, as somebody else would.
pub(super) fn ask(vendor: &str, method: &str, path: &str, body: &str) -> serde_json::Value {
    let mut connection = TcpStream::connect(vendor).unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {vendor}\r\nauthorization: Bearer any\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    connection.write_all(request.as_bytes()).unwrap();
    let (head, body) = message(&mut BufReader::new(connection)).unwrap();
    assert!(head.contains(" 20"), "{head}");
    serde_json::from_slice(&body).unwrap_or_default()
}
