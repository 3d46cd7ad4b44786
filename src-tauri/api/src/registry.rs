//! Every typed command, declared once: its name, its request and answer, and what it does. Who may call it stands in the
//! table of rights.
//!
//! A noun's file declares its commands with `commands!` beside its shapes and handlers; [`all`] puts the nouns together.
//! The window, the command line and the dev bridge all go through [`crate::Api::call`], which goes through here.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Api;
use crate::error::ApiError;
use crate::rights::{self, Right};
use crate::sentences::Trouble;
use crate::typescript::{CommandTypes, TypeBook};

/// What runs a command: JSON in, JSON out.
pub(crate) type Run = fn(&Api, Value) -> Result<Value, ApiError>;

/// One typed command.
pub struct Command {
    /// `noun.verb`
    pub name: &'static str,
    /// One line for people who script with it
    pub about: &'static str,
    /// JSON schemas of request, answer and, for long work, the job's result
    pub(crate) schemas: fn(&mut SchemaGenerator) -> (Schema, Schema, Option<Schema>),
    /// The same for TypeScript
    pub(crate) types: fn(&mut TypeBook) -> CommandTypes,
    pub(crate) run: Run,
}

/// What `commands` lists of one command.
#[derive(Debug, Clone, Serialize)]
pub struct CommandDescription {
    /// `noun.verb`
    pub name: &'static str,
    /// One line
    pub about: &'static str,
    /// What the table of rights asks of the caller
    pub right: Option<Right>,
    /// JSON schema of the request
    pub request: Value,
    /// JSON schema of the answer
    pub response: Value,
    /// JSON schema of the result of the job that the command begins
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
}

/// Every command, by noun.
pub(crate) fn all() -> impl Iterator<Item = &'static Command> {
    crate::NOUNS.iter().flat_map(|noun| noun.iter())
}

/// The command of that name.
pub(crate) fn find(name: &str) -> Result<&'static Command, ApiError> {
    all()
        .find(|command| command.name == name)
        .ok_or_else(|| Trouble::UnknownCommand { name: name.to_owned() }.into())
}

/// The descriptions of all commands with self-contained JSON schemas.
pub fn describe() -> Vec<CommandDescription> {
    all()
        .map(|command| {
            let mut generator = schemars::generate::SchemaSettings::draft2020_12()
                .with(|settings| settings.inline_subschemas = true)
                .into_generator();
            let (request, response, result) = (command.schemas)(&mut generator);
            CommandDescription {
                name: command.name,
                about: command.about,
                right: rights::needs(command.name),
                request: request.to_value(),
                response: response.to_value(),
                result: result.map(Schema::to_value),
            }
        })
        .collect()
}

/// Reads the request, runs the handler, writes the answer.
pub(crate) fn answer<Request: DeserializeOwned, Answer: Serialize>(
    api: &Api,
    request: Value,
    handler: fn(&Api, Request) -> Result<Answer, ApiError>,
) -> Result<Value, ApiError> {
    let request = serde_json::from_value(request).map_err(|error| Trouble::bad_request(&error))?;
    let answer = handler(api, request)?;
    serde_json::to_value(answer).map_err(|_| Trouble::Internal.into())
}

/// The schemas of a command's shapes.
pub(crate) fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.root_schema_for::<T>()
}

/// Declares the commands of a noun: doc line, name, request, answer, for long work `=>` what its job yields, and the handler.
/// What a command needs of its caller stands in the table of rights and nowhere else.
macro_rules! commands {
    ($(
        $(#[doc = $about:literal])+
        $name:literal ($request:ty) -> $answer:ty $(=> $result:ty)?, $handler:path;
    )*) => {
        /// The commands of this noun.
        pub(crate) static COMMANDS: &[$crate::registry::Command] = &[$(
            $crate::registry::Command {
                name: $name,
                about: concat!($($about),+).trim_ascii(),
                schemas: |g| (
                    $crate::registry::schema::<$request>(g),
                    $crate::registry::schema::<$answer>(g),
                    $crate::registry::commands!(@schema g $($result)?),
                ),
                types: |book| $crate::typescript::CommandTypes {
                    request: book.name::<$request>(),
                    response: book.name::<$answer>(),
                    result: $crate::registry::commands!(@types book $($result)?),
                },
                run: |api, request| $crate::registry::answer(api, request, $handler),
            }
        ),*];
    };
    (@schema $g:ident) => { None };
    (@schema $g:ident $result:ty) => { Some($crate::registry::schema::<$result>($g)) };
    (@types $book:ident) => { None };
    (@types $book:ident $result:ty) => { Some($book.name::<$result>()) };
}
pub(crate) use commands;
