// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { ApiError } from "./error";

/**
 * Which job.
 */
export type JobId = { job: string, };

/**
 * How far a job is.
 */
export type JobStatus = { done: number, 
/**
 * Nothing while it is not known
 */
total: number | null, 
/**
 * 正在读第 3 个文件
 */
text: string, finished: boolean, 
/**
 * The result, by the command that began the job
 */
result: any, error: ApiError | null, };
