//! How changes travel: bundles on sticks, and enrolment.

pub mod container;
