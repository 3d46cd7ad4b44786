//! `job.*`: long work in a thread of its own, with progress and cancel.

use crate::dto::{Empty, answer, request};
use crate::error::ApiError;
use crate::registry::commands;

request! {
    /// Which job.
    pub struct JobId { pub job: String }
}

answer! {
    /// How far a job is.
    pub struct JobStatus {
        pub done: u64,
        /// Nothing while it is not known
        pub total: Option<u64>,
        /// 正在读第 3 个文件
        pub text: String,
        pub finished: bool,
        /// The result, by the command that began the job
        #[ts(type = "any")]
        pub result: Option<serde_json::Value>,
        pub error: Option<ApiError>,
    }
}

commands! {
    /// How far a job is
    "job.status" (JobId) -> JobStatus, Anyone;
    /// Stops a job; what it has written stays whole
    "job.cancel" (JobId) -> Empty, Anyone;
}
