//! Folding the journal again from nothing and comparing every table; checking every chain and signature.

use rusqlite::params;
use yuanba_journal::author::Tip;

use crate::changed::Changed;
use crate::context::{self, Context};
use crate::from_nothing::fold_everything;
use crate::schema::{FOLDED, FOLDED_TABLES, lookups};
use crate::{Result, Store, streams};

/// Something that is not as the journal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where: a table, a stream, the database file
    pub place: String,
    /// What is wrong, for people
    pub text: String,
}

impl Store {
    /// Checks the database file, the chains and signatures, and every folded table. An empty list means all is well.
    /// Nothing is written.
    pub fn verify(&self) -> Result<Vec<Difference>> {
        let mut list = self.check_file()?;
        for (row, stream) in streams::all(&self.db)? {
            if let Err(error) = self.check_stream(row, &stream, &mut list) {
                list.push(Difference {
                    place: "journal".to_owned(),
                    text: format!("一条记录流读不出来：{error}"),
                });
            }
        }
        list.extend(self.check_counts()?);
        list.extend(self.check_tables()?);
        Ok(list)
    }

    fn check_file(&self) -> Result<Vec<Difference>> {
        let mut list = Vec::new();
        for check in ["cipher_integrity_check", "integrity_check"] {
            let mut statement = self.db.prepare(&format!("PRAGMA {check}"))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let text: String = row.get(0)?;
                if text != "ok" {
                    list.push(Difference { place: "database".to_owned(), text });
                }
            }
        }
        Ok(list)
    }

    fn check_stream(
        &self,
        row: i64,
        stream: &yuanba_journal::StreamId,
        list: &mut Vec<Difference>,
    ) -> Result<()> {
        let mut say = |text: &str| {
            list.push(Difference {
                place: format!("stream {}/{}", stream.org, stream.replica),
                text: text.to_owned(),
            });
        };
        let mut reached = std::collections::BTreeSet::new();
        for head in streams::heads(&self.db, row)? {
            if head.signature.verify(stream, head.tip.seq, &head.tip.hash).is_err() {
                say("签名不对");
            }
            let changes = streams::branch(&self.db, row, head.tip, 0)?;
            let mut before = None;
            for (at, change) in changes.iter().enumerate() {
                let body_fits =
                    change.body.as_ref().is_none_or(|b| change.header.body_hash == Some(b.hash()));
                if change.header.prev != before || change.header.seq != at as u64 + 1 || !body_fits {
                    say("链断了");
                    break;
                }
                before = Some(change.hash);
                reached.insert((change.header.seq, change.hash));
            }
            if before != Some(head.tip.hash) {
                say("链没有到头");
            }
        }
        let mut statement =
            self.db.prepare_cached("SELECT seq, hash, header FROM change WHERE stream = ?1")?;
        let mut rows = statement.query([row])?;
        while let Some(r) = rows.next()? {
            let tip = Tip { seq: r.get::<_, i64>(0)? as u64, hash: streams::read_hash(r, 1)? };
            let header: Vec<u8> = r.get(2)?;
            if yuanba_journal::Hash::of(&[&header]) != tip.hash || !reached.contains(&(tip.seq, tip.hash)) {
                say("有一条变更不在签过名的链上");
            }
        }
        Ok(())
    }

    fn check_counts(&self) -> Result<Vec<Difference>> {
        let tree = Context::load(&self.db)?.authority;
        let wrong = context::miscounted(&self.db, &tree)?;
        Ok(wrong
            .into_iter()
            .map(|stream| Difference {
                place: format!("stream {}/{}", stream.org, stream.replica),
                text: "哪些变更算数，和证书说的不一样".to_owned(),
            })
            .collect())
    }

    fn check_tables(&self) -> Result<Vec<Difference>> {
        let temporary = FOLDED
            .replace("CREATE TABLE ", "CREATE TEMP TABLE ")
            .replace("CREATE INDEX ", "CREATE INDEX temp.");
        self.db.execute_batch(&temporary)?;
        let result = self.compare_tables();
        for table in FOLDED_TABLES {
            self.db.execute_batch(&format!("DROP TABLE temp.{table}"))?;
        }
        result
    }

    fn compare_tables(&self) -> Result<Vec<Difference>> {
        let context = Context::load(&self.db)?;
        fold_everything(&self.db, &context)?;
        let mut list = Vec::new();
        for table in FOLDED_TABLES {
            let columns: Vec<String> = {
                let mut statement =
                    self.db.prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?;
                let names = statement.query_map([], |row| row.get(0))?;
                names.collect::<Result<_, _>>()?
            };
            let columns = columns.join(", ");
            for (one, other, text) in
                [("main", "temp", "表里有，重新算却没有"), ("temp", "main", "重新算有，表里却没有")]
            {
                let count: i64 = self.db.query_row(
                    &format!(
                        "SELECT count(*) FROM (SELECT {columns} FROM {one}.{table} EXCEPT SELECT {columns} FROM {other}.{table})"
                    ),
                    params![],
                    |row| row.get(0),
                )?;
                if count > 0 {
                    list.push(Difference { place: table.to_owned(), text: format!("{count} 行{text}") });
                }
            }
        }
        Ok(list)
    }

    /// Throws the folded tables away and makes them anew from the journal, in one transaction: until it ends, the old ones
    /// stand. A store whose tables another version folded by other rules does so when it is opened.
    pub fn refold(&mut self) -> Result<()> {
        self.changed = Changed::Everything;
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let result = self.throw_away().and_then(|()| self.fold_from_nothing());
        if result.is_err() {
            let _ = self.db.execute_batch("ROLLBACK");
        }
        result
    }

    /// Empties the folded tables.
    pub(crate) fn throw_away(&self) -> Result<()> {
        for table in FOLDED_TABLES {
            self.db.execute_batch(&format!("DELETE FROM {table}"))?;
        }
        Ok(())
    }

    /// Folds the journal into the empty tables and ends the transaction. What only readers look things up by is made when
    /// all rows are there: sorting them once costs less than finding the place of each.
    pub(crate) fn fold_from_nothing(&mut self) -> Result<()> {
        for (name, _) in lookups() {
            self.db.execute_batch(&format!("DROP INDEX {name}"))?;
        }
        self.context = Context::load(&self.db)?;
        fold_everything(&self.db, &self.context)?;
        for (_, statement) in lookups() {
            self.db.execute_batch(statement)?;
        }
        self.keep_folded()?;
        Ok(self.db.execute_batch("COMMIT")?)
    }
}
