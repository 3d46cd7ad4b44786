//! The commands' shapes as TypeScript, one file per noun, so that the windows and this crate cannot disagree.

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;

use ts_rs::{Config, TS, TypeVisitor};

/// What the files begin with.
const HEAD: &str = "// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api\n\n";

/// The TypeScript names of a command's shapes.
pub(crate) struct CommandTypes {
    pub(crate) request: String,
    pub(crate) response: String,
    pub(crate) result: Option<String>,
}

/// The types met so far, by noun.
pub(crate) struct TypeBook {
    config: Config,
    seen: HashSet<TypeId>,
    nouns: BTreeMap<String, BTreeMap<String, Declared>>,
}

struct Declared {
    text: String,
    needs: BTreeSet<(String, String)>,
}

/// The noun whose file declares a type: the module it lives in.
fn noun_of<T: ?Sized>() -> String {
    let path = std::any::type_name::<T>();
    path.rsplit("::").nth(1).unwrap_or("root").to_owned()
}

/// Gathers the names that a type's declaration uses.
struct Needs<'a>(&'a Config, BTreeSet<(String, String)>);

impl TypeVisitor for Needs<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_some() {
            self.1.insert((noun_of::<T>(), T::ident(self.0)));
        }
    }
}

impl TypeVisitor for TypeBook {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_none() || !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        let mut needs = Needs(&self.config, BTreeSet::new());
        T::visit_dependencies(&mut needs);
        let mut text = T::docs().unwrap_or_default();
        let _ = writeln!(text, "export {}", T::decl(&self.config));
        let declared = Declared { text, needs: needs.1 };
        self.nouns.entry(noun_of::<T>()).or_default().insert(T::ident(&self.config), declared);
        T::visit_dependencies(self);
    }
}

impl TypeBook {
    /// The TypeScript name of a type, which is declared with all it needs.
    pub(crate) fn name<T: TS + 'static>(&mut self) -> String {
        self.visit::<T>();
        T::visit_dependencies(self);
        T::visit_generics(self);
        T::name(&self.config)
    }
}

/// Every file of `ui/src/api`, by path below it.
pub fn files() -> BTreeMap<String, String> {
    let mut book = TypeBook {
        config: Config::new().with_large_int("number"),
        seen: HashSet::new(),
        nouns: BTreeMap::new(),
    };
    book.name::<crate::error::ApiError>();
    let mut commands = String::new();
    for command in crate::registry::all() {
        let types = (command.types)(&mut book);
        let result = types.result.map(|result| format!("; result: {result}")).unwrap_or_default();
        let _ = writeln!(
            commands,
            "  /** {} */\n  \"{}\": {{ request: {}; response: {}{result} }};",
            command.about, command.name, types.request, types.response
        );
    }

    let mut files = BTreeMap::new();
    let mut index = String::from(HEAD);
    for (noun, types) in &book.nouns {
        let mut imports: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (from, name) in types.values().flat_map(|declared| &declared.needs) {
            if from != noun {
                imports.entry(from).or_default().insert(name);
            }
        }
        let mut text = String::from(HEAD);
        for (from, names) in imports {
            let names: Vec<&str> = names.into_iter().collect();
            let _ = writeln!(text, "import type {{ {} }} from \"./{from}\";", names.join(", "));
        }
        for declared in types.values() {
            text.push('\n');
            text.push_str(&declared.text);
        }
        files.insert(format!("types/{noun}.ts"), text);
        let _ = writeln!(index, "export type * from \"./{noun}\";");
    }
    files.insert("types/index.ts".to_owned(), index);

    let names: Vec<&str> = book.nouns.values().flat_map(|types| types.keys()).map(String::as_str).collect();
    let used: Vec<&str> = names.into_iter().filter(|name| mentions(&commands, name)).collect();
    let imports = format!("import type {{\n  {},\n}} from \"./types\";\n\n", used.join(",\n  "));
    let text = format!(
        "{HEAD}{imports}/** Every typed command: what it takes and what it answers. */\nexport interface Commands {{\n{commands}}}\n\nexport type CommandName = keyof Commands;\n"
    );
    files.insert("commands.ts".to_owned(), text);
    files
}

/// Whether a text has a name as a whole word.
fn mentions(text: &str, name: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
}
