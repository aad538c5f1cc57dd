use bytes::Bytes;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::NetClient;
use super::Options;
use crate::provider::Http;
use crate::provider::HttpError;

fn get(port: u16) -> ::http::Request<Bytes> {
    ::http::Request::get(format!("http://127.0.0.1:{port}/")).body(Bytes::new()).unwrap()
}

/// Serves one connection with the given bytes, then closes it.
async fn answering(bytes: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        assert!(stream.read(&mut request).await.unwrap() > 0);
        stream.write_all(bytes).await.unwrap();
    });
    port
}

#[tokio::test]
async fn a_refused_connection_was_not_sent_and_a_broken_answer_is_lost() {
    let client = NetClient::new(&Options::default()).unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert!(matches!(client.send(get(closed)).await, Err(HttpError::NotSent(_))));
    let silent = answering(b"").await;
    assert!(matches!(client.send(get(silent)).await, Err(HttpError::Lost(_))));
    let cut = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc").await;
    assert!(matches!(client.send(get(cut)).await, Err(HttpError::Lost(_))));
}

#[tokio::test]
async fn a_redirect_is_an_answer_like_any_other() {
    let client = NetClient::new(&Options::default()).unwrap();
    let port =
        answering(b"HTTP/1.1 302 Found\r\nlocation: http://elsewhere.test/\r\ncontent-length: 2\r\n\r\nhi").await;
    let answer = client.send(get(port)).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (302, &b"hi"[..]));
}

#[test]
fn a_bad_proxy_is_an_error() {
    let options = Options { proxy: Some("http://user:hunter2@[".to_owned()), ..Options::default() };
    let error = NetClient::new(&options).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}
