use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use insta::assert_snapshot;

use p256::pkcs8::EncodePrivateKey as _;
use rustls::ServerConfig;
use rustls::ServerConnection;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::ClientHello;
use rustls::server::ResolvesServerCert;
use rustls::sign::CertifiedKey;

use super::Stage;
use super::errors;

const CONFIG: &str = "\
provider \"digitalocean\" {
}
resource \"digitalocean_vpc\" \"main\" {
  name   = \"main\"
  region = \"fra1\"
}
";

#[test]
fn without_a_network_nothing_is_taken_for_gone() {
    let stage = Stage::applied(CONFIG);
    assert_snapshot!(errors(&stage.run_at("http://127.0.0.1:1", "any", "plan")), @r#"
    --- stderr

    Error: Cannot be reached

      on main.tf line 1, in provider "digitalocean":
       1: provider "digitalocean" {
          ^^^^^^^^^^^^^^^^^^^^^^^

    Reading the account: 127.0.0.1 cannot be reached: error sending request:
    client error (Connect): tcp connect error: Connection refused (os error
    111).

    Check the network and the address, and run again.
    --- exit 1
    "#);
    let said = stage.run_at("http://127.0.0.1:1", "any", "destroy -auto-approve");
    assert!(said.contains("Error: Cannot be reached") && said.ends_with("--- exit 1"), "{said}");
    stage.is_true(&["digitalocean_vpc.main"]);
}

#[test]
fn a_name_that_nobody_knows_is_an_error() {
    let stage = Stage::applied(CONFIG);
    let said = stage.run_at("http://nowhere.invalid", "any", "plan");
    assert!(said.contains("Error: Cannot be reached") && said.contains("nowhere.invalid"), "{said}");
    assert!(said.ends_with("--- exit 1"), "{said}");
    stage.is_true(&["digitalocean_vpc.main"]);
}

#[test]
fn who_does_not_speak_tls_is_not_spoken_to() {
    let stage = Stage::applied(CONFIG);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let _ = connection.write_all(b"SSH-2.0-OpenSSH_9.2\r\n");
        }
    });
    let said = stage.run_at(&format!("https://{address}"), "dop_v1_secret", "plan");
    assert_snapshot!(errors(&said), @r#"
    --- stderr

    Error: Cannot be reached

      on main.tf line 1, in provider "digitalocean":
       1: provider "digitalocean" {
          ^^^^^^^^^^^^^^^^^^^^^^^

    Reading the account: 127.0.0.1 cannot be reached: no secure connection comes
    about; check the address, this machine's clock, and whether a proxy that
    looks into TLS stands between: received corrupt message of type
    InvalidContentType.

    Check the network and the address, and run again.
    --- exit 1
    "#);
    assert!(!said.contains("dop_v1_secret"), "{said}");
    stage.is_true(&["digitalocean_vpc.main"]);
}

/// A certificate that nobody but itself vouches for.
const SELF_SIGNED: &str = "MIIBlTCCATqgAwIBAgIUNYKB5f4PfUuct5osGTn+IpiqU3kwCgYIKoZIzj0EAwIwFjEUMBIGA1UEAwwLYXBpLmV4YW1wbGUwIBcN\
    MjYxMTI4MTgxMTU0WhgPMjEyNjExMDQxODExNTRaMBYxFDASBgNVBAMMC2FwaS5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0D\
    AQcDQgAEajZIWEN2Yxe3sfbscXRH+rKAl27K6r1PuFaA9kwHxZ/RY19nwYywu9Fym+9d4Y6hqO5xzbO2/arG36yNkZXhr6NkMGIw\
    HQYDVR0OBBYEFA430xNJerHDsBLuDROuehFkbmLnMB8GA1UdIwQYMBaAFA430xNJerHDsBLuDROuehFkbmLnMA8GA1UdEwEB/wQF\
    MAMBAf8wDwYDVR0RBAgwBocEfwAAATAKBggqhkjOPQQDAgNJADBGAiEA9WkM3Gm+odTdk2lftWtQCFSsyvpJ1u1+ez5kMx4QIPgC\
    IQClzuZz9Aju2cLbQlY92k6+i8pQeCM96200XLELReAR5g==";

/// Shows the certificate. Its key is none of ours, and is not needed: nobody gets as far as asking for a proof of it.
#[derive(Debug)]
struct Impostor(Arc<CertifiedKey>);

impl ResolvesServerCert for Impostor {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

fn impostor() -> ServerConfig {
    let key = p256::SecretKey::from_slice(&[7; 32]).unwrap().to_pkcs8_der().unwrap();
    let key = PrivatePkcs8KeyDer::from(key.as_bytes().to_vec()).into();
    let key = ring::sign::any_supported_type(&key).unwrap();
    let certificate = STANDARD.decode(SELF_SIGNED).unwrap().into();
    let shown = Arc::new(CertifiedKey::new(vec![certificate], key));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    config.with_cert_resolver(Arc::new(Impostor(shown)))
}

#[test]
fn who_vouches_only_for_himself_gets_no_token() {
    let stage = Stage::applied(CONFIG);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let config = Arc::new(impostor());
    let heard = std::thread::spawn(move || {
        let mut heard = String::new();
        // As often as the program tries.
        for mut connection in listener.incoming().flatten().take(5) {
            let mut session = ServerConnection::new(Arc::clone(&config)).unwrap();
            while session.is_handshaking() {
                if let Err(error) = session.complete_io(&mut connection) {
                    heard = error.to_string();
                    break;
                }
            }
            assert!(session.is_handshaking(), "the program must not go on with an impostor");
        }
        heard
    });
    let said = stage.run_at(&format!("https://{address}"), "any", "plan");
    assert!(said.contains("Error: Cannot be reached") && said.ends_with("--- exit 1"), "{said}");
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("no secure connection comes about; check the address"), "{said}");
    assert!(words.contains("invalid peer certificate"), "{said}");
    assert!(heard.join().unwrap().contains("received fatal alert"), "{said}");
    stage.is_true(&["digitalocean_vpc.main"]);
}
