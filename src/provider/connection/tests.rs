use std::sync::Arc;

use super::*;
use crate::provider::Credentials;
use crate::provider::Http;
use crate::provider::HttpError;
use crate::provider::MemberCall;
use crate::provider::NoRecord;
use crate::provider::ResourceType;
use crate::provider::WallClock;

struct Bare;

struct Nobody;

#[async_trait]
impl Definition for Bare {
    type Client = ();

    fn name(&self) -> &'static str {
        "bare"
    }

    fn source(&self) -> &'static str {
        "bare"
    }

    fn resources(&self) -> Vec<Box<dyn ResourceType<()>>> {
        Vec::new()
    }

    fn configure(&self, _: &Object, _: Configure) -> Result<()> {
        Ok(())
    }
}

impl Credentials for Nobody {
    fn env(&self, _: &[&'static str]) -> Option<(&'static str, String)> {
        None
    }

    fn keyring(&self, _: &str) -> Option<String> {
        None
    }
}

#[async_trait]
impl Http for Nobody {
    async fn send(
        &self,
        _: ::http::Request<bytes::Bytes>,
    ) -> std::result::Result<::http::Response<bytes::Bytes>, HttpError> {
        Err(HttpError::NotSent("nobody is there".into()))
    }
}

#[tokio::test]
async fn a_type_of_somebody_elses_is_refused() {
    let provider = Provider::new(Bare);
    let with = Configure {
        commons: super::super::Commons::default(),
        clock: Arc::new(WallClock),
        http: Arc::new(Nobody),
        credentials: Arc::new(Nobody),
        hosts: None,
        dir: std::path::PathBuf::new(),
    };
    let client = provider.configure(&Object::new([]), with).unwrap();
    let connection = provider.connection();
    let cx = Cx::new(
        Arc::new(WallClock),
        crate::provider::Cancel::new(),
        String::new(),
        String::new(),
        Arc::new(|_: &str| {}),
        Arc::new(NoRecord),
        Json::Null,
    );
    let item = ReadItem { prior: Object::new([]), private: Json::Null };
    let items = [BatchItem { ty: "acme_vm".to_owned(), item }];
    let reads = connection.read_batch(&client, &cx, &BatchKey("a".to_owned()), &items).await;
    let said = "does not support resource type \"acme_vm\"";
    assert!(matches!(&reads[..], [Err(error)] if error.to_string().contains(said)), "{reads:?}");
    let call = MemberCall::Delete { prior: Object::new([]) };
    let member = Member { address: "acme_vm.a".to_owned(), ty: "acme_vm", call, private: Json::Null };
    let applied = connection.apply_bundle(&client, &cx, &[member]).await;
    assert!(matches!(&applied, Err(error) if error.to_string().contains(said)), "{applied:?}");
}
