//! `job.*`: long work in a thread of its own, with progress and cancel.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::Value;

use crate::Api;
use crate::dto::{Empty, JobStarted, answer, request};
use crate::error::ApiError;
use crate::mask;
use crate::registry::commands;
use crate::sentences::Trouble;

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
    "job.status" (JobId) -> JobStatus, status;
    /// Stops a job; what it has written stays whole
    "job.cancel" (JobId) -> Empty, cancel;
}

/// Jobs that are remembered; the oldest finished ones are forgotten first.
const REMEMBERED: usize = 32;

/// The jobs of one data folder.
#[derive(Default)]
pub(crate) struct Jobs {
    all: Mutex<VecDeque<Arc<Job>>>,
    given: AtomicU64,
}

struct Job {
    id: String,
    state: Mutex<JobStatus>,
    ended: Condvar,
    stop: AtomicBool,
}

/// What a job tells while it works.
pub(crate) struct Progress(Arc<Job>);

impl Progress {
    /// Says how far the job is.
    pub(crate) fn say(&self, done: u64, total: Option<u64>, text: impl Into<String>) {
        let mut state = self.0.state();
        (state.done, state.total, state.text) = (done, total, text.into());
    }

    /// The flag that somebody sets who wants the job to stop.
    pub(crate) fn stop(&self) -> &AtomicBool {
        &self.0.stop
    }

    /// Fails when somebody wants the job to stop.
    pub(crate) fn go_on(&self) -> Result<(), ApiError> {
        match self.0.stop.load(Ordering::Relaxed) {
            true => Err(Trouble::Cancelled.into()),
            false => Ok(()),
        }
    }
}

impl Job {
    fn state(&self) -> MutexGuard<'_, JobStatus> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Jobs {
    fn all(&self) -> MutexGuard<'_, VecDeque<Arc<Job>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, id: &str) -> Result<Arc<Job>, ApiError> {
        let found = self.all().iter().find(|job| job.id == id).cloned();
        found.ok_or_else(|| Trouble::NotFound { what: "件正在做的事" }.into())
    }

    fn add(&self) -> Arc<Job> {
        let id = format!("{:016x}", self.given.fetch_add(1, Ordering::Relaxed) + 1);
        let job = Arc::new(Job {
            id,
            state: Mutex::new(JobStatus {
                done: 0,
                total: None,
                text: String::new(),
                finished: false,
                result: None,
                error: None,
            }),
            ended: Condvar::new(),
            stop: AtomicBool::new(false),
        });
        let mut all = self.all();
        if all.len() >= REMEMBERED
            && let Some(oldest) = all.iter().position(|job| job.state().finished)
        {
            all.remove(oldest);
        }
        all.push_back(job.clone());
        job
    }
}

impl Api {
    /// Begins long work in a thread of its own.
    pub(crate) fn begin<T: Serialize>(
        &self,
        work: impl FnOnce(&Api, &Progress) -> Result<T, ApiError> + Send + 'static,
    ) -> JobStarted {
        let job = self.inner.jobs.add();
        let started = JobStarted { job: job.id.clone() };
        let api = self.clone();
        std::thread::spawn(move || {
            let progress = Progress(job.clone());
            // A fault in the work must not leave the page waiting for ever.
            let ended = catch_unwind(AssertUnwindSafe(|| work(&api, &progress)))
                .unwrap_or_else(|_| Err(Trouble::Internal.into()))
                .and_then(|result| serde_json::to_value(result).map_err(|_| Trouble::Internal.into()));
            // Whoever waits may end the program next: the store is not closed here while the program is torn down there.
            drop(api);
            let mut state = job.state();
            state.finished = true;
            match ended {
                Ok(mut result) => {
                    mask::answer(&mut result, &[]);
                    state.result = Some(result);
                }
                Err(error) => state.error = Some(error.masked()),
            }
            drop(state);
            job.ended.notify_all();
        });
        started
    }

    /// Waits for the end of a job: its result or its error. For callers that have nothing else to do.
    ///
    /// # Errors
    /// Those of the work, and `not_found` for a job that is not remembered.
    pub fn wait(&self, job: &str) -> Result<Value, ApiError> {
        let job = self.inner.jobs.find(job)?;
        let mut state = job.state();
        while !state.finished {
            state = job.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        match &state.error {
            Some(error) => Err(error.clone()),
            None => Ok(state.result.clone().unwrap_or_default()),
        }
    }
}

fn status(api: &Api, request: JobId) -> Result<JobStatus, ApiError> {
    Ok(api.inner.jobs.find(&request.job)?.state().clone())
}

fn cancel(api: &Api, request: JobId) -> Result<Empty, ApiError> {
    api.inner.jobs.find(&request.job)?.stop.store(true, Ordering::Relaxed);
    Ok(Empty {})
}
