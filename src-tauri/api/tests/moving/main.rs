//! People and their villages: who is the same person, and who moves from one village to another. Real stores that exchange
//! by sticks.

mod forgotten;
mod order;
mod persons;
mod seats;
mod transfers;
