//! Planning as a whole, against vendors that are only schemas: nothing is called, every question is answered at once.

mod trial;
mod vendors;
mod waves;

use trial::Trial;
