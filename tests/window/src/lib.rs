//! Opens the real window on a screen of its own and drives it as a person would: clicks, keys and what can be read.
//!
//! A [`Window`] needs `Xvfb` and `WebKitWebDriver` on the path and a built `yuanba` (see [`program`]); `./dev test`
//! and `./dev run` see to that. Everything it starts ends with it.

mod driver;
mod office;
mod program;
mod screen;
mod window;

pub use driver::Driver;
pub use office::Office;
pub use program::{command_line, program};
pub use screen::Screen;
pub use window::Window;
