//! Planning as a whole, against vendors that are only schemas: nothing is called, every question is answered at once.

mod bundles;
mod deferred;
mod deletes;
mod failures;
mod imports;
mod releases;
mod replace;
mod scenarios;
mod supported;
mod trial;
mod vendors;
mod waves;

use trial::Trial;
