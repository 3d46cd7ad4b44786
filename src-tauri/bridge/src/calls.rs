//! The commands over HTTP.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::server::Bridge;

/// Runs one typed command away from the threads that answer the network: commands read disks and derive keys.
pub async fn call(
    State(bridge): State<Bridge>,
    Path(command): Path<String>,
    Json(request): Json<Value>,
) -> Response {
    match tokio::task::spawn_blocking(move || bridge.api.call(&command, request)).await {
        Ok(Ok(answer)) => Json(answer).into_response(),
        Ok(Err(failure)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": failure }))).into_response()
        }
        Err(fallen) => {
            let failure =
                json!({ "code": "internal", "message": fallen.to_string(), "next_step": "", "field": null });
            (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": failure }))).into_response()
        }
    }
}
