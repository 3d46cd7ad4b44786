// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

export type * from "./backup";
export type * from "./conflict";
export type * from "./courtyard";
export type * from "./digest";
export type * from "./draft";
export type * from "./dto";
export type * from "./enrol";
export type * from "./errand";
export type * from "./error";
export type * from "./home";
export type * from "./import";
export type * from "./job";
export type * from "./member";
export type * from "./note";
export type * from "./org";
export type * from "./points";
export type * from "./post";
export type * from "./recovery";
export type * from "./roster";
export type * from "./search";
export type * from "./settings";
export type * from "./stick";
export type * from "./store";
export type * from "./undo";
export type * from "./verify";
