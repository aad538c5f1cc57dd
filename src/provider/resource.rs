//! A resource type: how its objects are planned, read, made, changed, found again and removed.

use async_trait::async_trait;
use serde_json::Value as Json;

use super::BundleClass;
use super::Choice;
use super::Cx;
use super::Price;
use super::PriceList;
use super::ProviderError;
use super::Result;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Path;

/// Whether making an object touches anything but our own state and folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Only here, and repeatable: needs no intent.
    Local,
    /// A vendor or a host: an intent is durable before the call.
    Remote,
}

/// Which reads can share requests: an account, a cluster, a host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchKey(pub String);

/// An object to read.
#[derive(Debug, Clone)]
pub struct ReadItem {
    /// What was last known of it.
    pub prior: Object,
    /// The provider's own note.
    pub private: Json,
}

/// What a read found.
#[derive(Debug, Clone)]
pub enum Read {
    /// It is there; attributes that the answer omits keep their prior value.
    Present(Object),
    /// It is there; and the provider has a new note on it.
    Noted(Object, Json),
    /// It is certainly gone.
    Absent,
    /// It cannot be seen now (a host is down, a scope is missing): keep what was last known and say why.
    Stale(String),
}

/// What `find` has to go by: a create whose end is not known.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Names the operation, as in [`Cx::op`].
    pub op: String,
    /// What was going to be made.
    pub planned: Object,
    /// What [`Cx::record`] had noted; an id, with luck.
    pub partial: Option<Object>,
    /// The provider's own note.
    pub private: Json,
    /// What [`ResourceType::before_create`] had noted: the ids that were there before.
    pub before: Json,
    /// When the intent was written.
    pub since: jiff::Timestamp,
    /// The ids of the type's objects that are accounted for, by the state or by another intent: none of them is the one.
    pub claimed: Vec<String>,
}

/// What `find` found.
#[derive(Debug, Clone)]
pub enum Found {
    /// The object that the intent made.
    One(Object),
    /// It was not made, or not yet seen: counts only after [`ResourceType::consistency_window`].
    Absent,
    /// Several objects could be it: their ids, with a few words on each.
    Ambiguous(Vec<(String, String)>),
}

/// What an object carries for us at the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// A tag with the operation's name.
    Tag,
    /// A name that is unique.
    NaturalKey,
    /// Nothing: only the ids from before the call tell it.
    None,
}

/// A planned object and what it takes.
#[derive(Debug, Clone)]
pub struct Planned {
    /// What we promise: known values will be so, unknown ones may become anything of their type.
    pub object: Object,
    /// What cannot be brought about in place.
    pub replace: Vec<Path>,
    /// What the user should know.
    pub warnings: Vec<Problem>,
}

/// Something wrong with an object, at a place in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Where.
    pub path: Path,
    /// A few words.
    pub summary: String,
    /// Full sentences.
    pub detail: String,
}

/// A resource type over a vendor's client `C`.
#[async_trait]
pub trait ResourceType<C: Send + Sync>: Send + Sync {
    /// The type's name, as `digitalocean_droplet`.
    fn name(&self) -> &'static str;

    /// Its attributes and blocks.
    fn schema(&self) -> Schema;

    /// Whether it touches the world.
    fn effect(&self) -> Effect {
        Effect::Remote
    }

    /// Finds what is wrong with a decoded configuration beyond the schema; unknown values are passed over.
    fn validate(&self, config: &Object) -> Vec<Problem> {
        let _ = config;
        Vec::new()
    }

    /// Adjusts what the schema proposes: fills in computed values that are known already, demands a replacement.
    /// `prior` is absent for a create. Must be pure.
    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let _ = prior;
        Planned { object: proposed, replace: Vec::new(), warnings: Vec::new() }
    }

    /// Finds what a change in place would need and no call can do, though a replacement could and would lose what the
    /// object holds: an error of the plan. Must be pure; unknown values are passed over.
    fn refuses(&self, prior: &Object, planned: &Object) -> Vec<Problem> {
        let _ = (prior, planned);
        Vec::new()
    }

    /// What is chosen of the vendor's offers by an object that is made (`prior` is absent), or by the arguments that a
    /// change alters: looked up in the vendor's own lists before anything is done, see [`super::Definition::catalogue`].
    /// Must be pure; unknown values are passed over.
    fn choices(&self, prior: Option<&Object>, planned: &Object) -> Vec<Choice> {
        let _ = (prior, planned);
        Vec::new()
    }

    /// Which other reads can share requests; `None` to be read alone.
    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        let _ = prior;
        None
    }

    /// Whether there is anything to read: objects of some types are only in the state.
    fn is_read(&self) -> bool {
        true
    }

    /// Reads one object.
    async fn read(&self, client: &C, cx: &Cx, prior: &Object) -> Result<Option<Object>>;

    /// Reads the objects of one [`BatchKey`], choosing lists or single gets by cost; one answer an item, in order.
    async fn read_batch(&self, client: &C, cx: &Cx, key: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let _ = key;
        let reads = items.iter().map(async |item| {
            let read = self.read(client, cx, &item.prior).await?;
            Ok(read.map_or(Read::Absent, Read::Present))
        });
        futures::future::join_all(reads).await
    }

    /// Notes what [`ResourceType::find`] will need to tell the new object from those that are there. Called, and its
    /// answer made durable, before [`ResourceType::create`]; only for types without a mark or a natural key.
    async fn before_create(&self, client: &C, cx: &Cx, planned: &Object) -> Result<Json> {
        let _ = (client, cx, planned);
        Ok(Json::Null)
    }

    /// Makes an object. Calls [`Cx::record`] with the id before it waits for anything.
    async fn create(&self, client: &C, cx: &Cx, planned: &Object) -> Result<Object>;

    /// Changes an object in place.
    async fn update(&self, client: &C, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let _ = (client, cx, prior, planned);
        Err(ProviderError::refused(format!("changing a {}", self.name()), "this type cannot be changed in place"))
    }

    /// Removes an object; one that is gone already is a success.
    async fn delete(&self, client: &C, cx: &Cx, prior: &Object) -> Result<()>;

    /// How the object of a create with an unknown end is told.
    fn marker(&self) -> Marker {
        Marker::NaturalKey
    }

    /// Looks for the object that an intent may have made.
    async fn find(&self, client: &C, cx: &Cx, intent: &Intent) -> Result<Found>;

    /// Takes off the mark by which a new object is told until its id is durable: called once what [`ResourceType::find`]
    /// found is recorded, with the operation's name in [`Cx::op`]. Should it fail, a mark stays, which does no harm.
    async fn unmark(&self, client: &C, cx: &Cx) {
        let _ = (client, cx);
    }

    /// How long after an intent `Absent` may still turn into `One`.
    fn consistency_window(&self) -> std::time::Duration {
        std::time::Duration::from_secs(15)
    }

    /// Reads an object by the id that the Terraform provider's import takes; `None` when there is none.
    async fn import(&self, client: &C, cx: &Cx, id: &str) -> Result<Option<Object>>;

    /// What does one thing at a time at the vendor: calls with the same key are made one after another, whatever their
    /// types. A call has the key of its object as it is, and of what that shall become.
    fn serial_key(&self, planned: &Object) -> Option<String> {
        let _ = planned;
        None
    }

    /// Whether a replacement is made before its predecessor goes, where the configuration says nothing of that: because
    /// what uses an object of this type must not be without it. It does not where something that it depends on goes first.
    fn comes_first(&self) -> bool {
        false
    }

    /// What it brings with it that an object replaces another. `planned` is the new one as it would be by itself;
    /// `comes_first` says that the old one is still there when it is made, and still has what only one can have: a name.
    /// `whose` names the state and the instance as no other's is named anywhere: what a name is made from that must not be
    /// taken. Must be pure.
    fn succeed(&self, prior: &Object, planned: Object, comes_first: bool, whose: &str) -> Planned {
        let _ = (prior, comes_first, whose);
        Planned { object: planned, replace: Vec::new(), warnings: Vec::new() }
    }

    /// The ids of those objects of type `ty` that an object uses and can do without for a time. It lets go of them when
    /// they are destroyed before their successors come, and is updated for those; but of none that it still uses when all
    /// is done, as an argument is ignored that names it. Must be pure; unknown values are passed over.
    fn spares(&self, object: &Object, ty: &str) -> Vec<String> {
        let _ = (object, ty);
        Vec::new()
    }

    /// What an object is in between, when others of type `ty` that it can spare go before their successors come: the same
    /// without them, and with what `planned`, what it shall become as far as that is known by then, has in their place
    /// already. Brought about by [`ResourceType::update`], before they go. `None` where that is what it is. Must be pure.
    fn without(&self, object: &Object, planned: &Object, ty: &str, gone: &[&Object]) -> Option<Object> {
        let _ = (object, planned, ty, gone);
        None
    }

    /// An object as it has to be seen where another, that it refers to and that somebody changed, is put right by this plan:
    /// its own arguments are what they were, and yet it may have taken up what stood there meanwhile. `None` where that is
    /// nothing to it. Must be pure.
    fn disturbed(&self, prior: &Object, mended: &Object) -> Option<Object> {
        let _ = (prior, mended);
        None
    }

    /// Whether its creation brings files to its host that others may be about to write, as a package does.
    fn brings_files(&self) -> bool {
        false
    }

    /// Whether a change takes the object out of service for a time, so that instances change in waves.
    fn interrupts(&self, prior: &Object, planned: &Object) -> bool {
        let _ = (prior, planned);
        false
    }

    /// What an update does to what runs, in words that follow `will be`, to be told where it is planned: `restarted`, `powered
    /// off meanwhile`. Must be pure.
    fn side_effect(&self, prior: &Object, planned: &Object) -> Option<&'static str> {
        self.interrupts(prior, planned).then_some("out of service meanwhile")
    }

    /// What the user should know before an object is deleted, where the deletion does something else than one expects.
    fn end_warnings(&self, prior: &Object) -> Vec<Problem> {
        let _ = prior;
        Vec::new()
    }

    /// What an object of another type becomes when a `moved` block gives it to this one, with the provider's note of what
    /// is owed to it by then; `None` where that type's objects cannot become this type's. Must be pure.
    fn take_over(&self, ty: &str, object: &Object) -> Option<(Object, Json)> {
        let _ = (ty, object);
        None
    }

    /// Whether an object can stand at its place before its first plan, put there by somebody else: a file, a unit. Then
    /// the planner reads the place, with what is proposed as the [`ReadItem::prior`], and what it finds is the prior
    /// object of an *adoption*: nothing to do where it is identical, an update with its diff where it is not.
    /// `Absent` and `Stale` (its host is not up yet) both mean that a create is planned, which refuses to overwrite.
    fn adopts(&self) -> bool {
        false
    }

    /// Whether objects are applied together with others of one host.
    fn bundle(&self) -> Option<BundleClass> {
        None
    }

    /// What the provider's own note says is still owed to an object, in a few words: `being powered on again`. Something
    /// owed is a reason to update an object that is otherwise as planned, so that no interrupted change is forgotten.
    fn owed(&self, private: &Json) -> Option<String> {
        let _ = private;
        None
    }

    /// The attribute that names the object for whose sake a new one is trusted unseen, as long as that came to be in our
    /// own hands and nobody has met it yet; see [`Cx::is_fresh`].
    fn trusts(&self) -> Option<&'static str> {
        None
    }

    /// The value by which an object names another that it is part of: the id of the machine that a file is on. When that
    /// other one is gone, so is this; and when it goes in the same run, this one's removal waits for nothing, see
    /// [`Cx::goes_along`]. `None` for what stands for itself: nearly all. Must be pure.
    fn part_of<'o>(&self, object: &'o Object) -> Option<&'o str> {
        let _ = object;
        None
    }

    /// Why an object is let go of, and not removed, when it is no longer configured, without a full stop; by what it says itself
    /// and by the provider's own note. `None` for what is removed: nearly all.
    fn keeps(&self, prior: &Object, private: &Json) -> Option<String> {
        let _ = (prior, private);
        None
    }

    /// What an object costs a month, by a price list. Must be pure. What may be unknown is an argument.
    fn price(&self, object: &Object, list: &PriceList) -> Price {
        let _ = (object, list);
        Price::Free
    }

    /// What is lost for good with an object, in a few words: `its data`. A person then has to name each that an ordinary
    /// apply would destroy or replace.
    fn guards(&self) -> Option<&'static str> {
        None
    }

    /// Brings a stored object of an older schema version up to date.
    fn upgrade(&self, version: u32, object: Json) -> std::result::Result<Json, String> {
        let _ = version;
        Ok(object)
    }
}
