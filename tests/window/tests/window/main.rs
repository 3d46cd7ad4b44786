//! The program as a village meets it: the real window, the real store, real files.

mod first_run;
mod morning;
mod opened;
mod opening;
