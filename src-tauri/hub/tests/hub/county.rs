//! Villages, townships and a county that exchange over a hub: what arrives, in how many questions, and that sticks mix in.

use std::ops::ControlFlow;

use yuanba_exchange::wire::{self, Call};
use yuanba_hub::Archive;
use yuanba_store::pieces::PieceSize;

use crate::line::Server;
use crate::place::{Place, assert_even};
use crate::postgres::database;

/// A county with two townships, of which the first has two villages.
pub struct County {
    pub county: Place,
    pub towns: [Place; 2],
    pub villages: [Place; 3],
}

impl County {
    /// Everybody enrolled by files, nobody having exchanged anything since.
    pub fn new() -> County {
        let mut county = Place::county("明水县", 1);
        let mut towns = [Place::township("柳坝镇", 2), Place::township("石桥镇", 3)];
        let mut villages =
            [Place::village("青石村", 4), Place::village("白岩村", 5), Place::village("红土村", 6)];
        for town in &mut towns {
            county.enrol(town, None);
        }
        for (village, town) in villages.iter_mut().zip([0, 0, 1]) {
            towns[town].enrol(village, None);
        }
        County { county, towns, villages }
    }

    /// Everybody calls the hub, in this order and then the other way round, until nobody has anything new.
    pub fn settle<A: Archive>(&mut self, server: &Server<A>) {
        for _ in 0..2 {
            for place in self.villages.iter_mut().chain(&mut self.towns) {
                server.sync(place);
            }
            server.sync(&mut self.county);
        }
        for place in self.towns.iter_mut().chain(&mut self.villages) {
            assert!(server.sync(place).even);
        }
    }

    pub fn assert_even(&self) {
        for (village, town) in [(0, 0), (1, 0), (2, 1)] {
            let (village, town) = (&self.villages[village], &self.towns[town]);
            assert_even(village.org(), village, town);
            assert_even(village.org(), village, &self.county);
            assert_even(town.org(), town, &self.county);
        }
        for place in self.villages.iter().chain(&self.towns).chain([&self.county]) {
            place.sound();
        }
    }
}

fn everybody_sees_what_is_theirs<A: Archive>(server: &Server<A>) {
    let mut all = County::new();
    for (at, village) in all.villages.iter_mut().enumerate() {
        for n in 0..=at {
            village.add(&format!("张{at}{n}"));
        }
    }
    all.settle(server);
    all.assert_even();
    assert_eq!(all.towns[0].members(), 3);
    assert_eq!(all.county.members(), 6);
    // The neighbour's and the other township's never come.
    assert_eq!(all.villages.each_ref().map(Place::members), [1, 2, 3]);
    assert_eq!(all.towns[1].members(), 3);
}

#[test]
fn everybody_sees_what_is_theirs_on_sqlite() {
    everybody_sees_what_is_theirs(&Server::in_memory());
}

#[test]
fn everybody_sees_what_is_theirs_on_postgres() {
    everybody_sees_what_is_theirs(&Server::in_postgres(&database()));
}

#[test]
fn nothing_new_is_one_short_question() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.settle(&server);
    for place in all.villages.iter_mut().chain(&mut all.towns).chain([&mut all.county]) {
        let synced = server.sync(place);
        assert!(synced.even);
        assert_eq!((synced.rounds, synced.sent, synced.received), (1, 0, 0));
        assert!(synced.bytes.0 + synced.bytes.1 < 2048, "{:?}", synced.bytes);
    }
}

#[test]
fn what_is_new_goes_up_with_the_first_question_and_comes_down_with_the_second_answer() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.settle(&server);
    all.villages[0].add("李四");
    let up = server.sync(&mut all.villages[0]);
    assert_eq!((up.rounds, up.sent, up.even), (1, 1, true));
    let down = server.sync(&mut all.towns[0]);
    assert_eq!((down.rounds, down.received, down.even), (2, 1, true));
    assert_even(all.villages[0].org(), &all.villages[0], &all.towns[0]);
}

#[test]
fn a_long_exchange_goes_in_pieces_and_goes_on_where_it_broke_off() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.settle(&server);
    for n in 0..60 {
        all.villages[0].add(&format!("王{n}"));
    }
    let card = server.card();
    let village = &mut all.villages[0].store;
    let mut line = server.line();
    line.cut = Some(2);
    let mut asked = 0;
    // The line breaks after two answers; the third question arrives, but nobody learns of it.
    let mut call =
        Call::begin(village, &card).unwrap().in_pieces_of(PieceSize { changes: 10, bytes: 1 << 20 });
    while let Some(request) = call.next(village).unwrap() {
        let bytes = request.seal().unwrap();
        asked += 1;
        let Ok(answer) = wire::Line::ask(&mut line, &bytes) else { break };
        let opened = call.open(&bytes, &answer, None).unwrap();
        call.take(village, request, bytes.len() as u64, opened).unwrap();
    }
    assert_eq!(asked, 3);
    let synced = call.end(village).unwrap();
    assert_eq!((synced.sent, synced.even), (20, false));
    let mut call =
        Call::begin(village, &card).unwrap().in_pieces_of(PieceSize { changes: 10, bytes: 1 << 20 });
    let mut line = server.line();
    while let Some(request) = call.next(village).unwrap() {
        let bytes = request.seal().unwrap();
        let answer = wire::Line::ask(&mut line, &bytes).unwrap();
        let opened = call.open(&bytes, &answer, None).unwrap();
        call.take(village, request, bytes.len() as u64, opened).unwrap();
    }
    let synced = call.end(village).unwrap();
    assert!(synced.even);
    assert_eq!(synced.rounds, 4, "what had arrived is not needed again");
    assert_eq!(server.sync(&mut all.towns[0]).received, 60);
    assert_even(all.villages[0].org(), &all.villages[0], &all.towns[0]);
}

#[test]
fn an_exchange_can_be_stopped_and_what_went_until_then_counts() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.settle(&server);
    all.villages[1].add("赵六");
    server.sync(&mut all.villages[1]);
    let town = &mut all.towns[0];
    let stopped =
        wire::sync(&mut town.store, &server.card(), &mut server.line(), &mut |_| ControlFlow::Break(()));
    assert!(!stopped.unwrap().even);
    assert!(server.sync(town).even);
}

#[test]
fn sticks_and_the_hub_mix_in_any_order() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.settle(&server);
    let [village, offline, _] = &mut all.villages;
    // The village that never had a network hands its stick to the township, which carries it on.
    offline.add("孙七");
    let town = all.towns[0].org();
    offline.hand(town, &mut all.towns[0]);
    village.add("周八");
    server.sync(village);
    village.add("吴九");
    village.hand(town, &mut all.towns[0]);
    server.sync(&mut all.towns[0]);
    server.sync(&mut all.county);
    assert_eq!(all.county.members(), 3);
    // The stick of a laptop that has called meanwhile brings nothing twice.
    server.sync(village);
    village.hand(town, &mut all.towns[0]);
    assert!(server.sync(&mut all.towns[0]).even);
    all.settle(&server);
    all.assert_even();
}

#[test]
fn a_laptop_that_nobody_has_heard_of_brings_its_certificates_along() {
    let server = Server::in_memory();
    let mut all = County::new();
    // The village calls first: neither its township nor the county was ever here.
    all.villages[2].add("郑十");
    let synced = server.sync(&mut all.villages[2]);
    assert!(synced.even, "{synced:?}");
    all.settle(&server);
    all.assert_even();
}

#[test]
fn two_laptops_of_one_village_meet_at_the_hub() {
    let server = Server::in_memory();
    let mut all = County::new();
    let mut second = Place::village("青石村", 40);
    let village = all.villages[0].org();
    all.villages[0].enrol(&mut second, Some(village));
    all.settle(&server);
    second.add("冯一");
    all.villages[0].add("陈二");
    server.sync(&mut second);
    server.sync(&mut all.villages[0]);
    server.sync(&mut second);
    assert_even(village, &second, &all.villages[0]);
    assert_eq!(second.members(), 2);
}

/// A line that notes what it was told to begin, and whether that was asked then.
struct Foresight<L> {
    line: L,
    begun: Option<Vec<u8>>,
    right: u32,
    wrong: u32,
}

impl<L: wire::Line> wire::Line for Foresight<L> {
    fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, wire::LineError> {
        match self.begun.take() {
            Some(begun) if begun == request => self.right += 1,
            Some(_) => self.wrong += 1,
            None => {}
        }
        self.line.ask(request)
    }

    fn begin(&mut self, request: &[u8]) {
        self.begun = Some(request.to_vec());
    }
}

#[test]
fn whoever_has_much_to_fetch_asks_ahead_and_asks_right() {
    use yuanba_core::tables::member;
    use yuanba_store::Intent;
    let server = Server::in_memory();
    let mut all = County::new();
    all.settle(&server);
    let village = &mut all.villages[0];
    for n in 0..150 {
        let id = village.store.new_id();
        let mut intent = Intent::new("添人");
        // Words that no packing makes small are not needed: an answer is measured unpacked.
        intent.create(&member::TABLE, id).put(member::ADDRESS, format!("{n}{}", "组".repeat(20_000)));
        village.store.commit(intent).unwrap();
    }
    server.sync(village);
    let town = &mut all.towns[0].store;
    let mut line = Foresight { line: server.line(), begun: None, right: 0, wrong: 0 };
    let synced = wire::sync(town, &server.card(), &mut line, &mut |_| ControlFlow::Continue(())).unwrap();
    assert!(synced.even);
    assert_eq!(synced.received, 150);
    assert!(synced.rounds > 4, "{synced:?}");
    // All but the first two questions: what is there is learnt from the first answer, and the second has nothing before it.
    assert_eq!((line.right, line.wrong), (synced.rounds - 2, 0));
    all.settle(&server);
    all.assert_even();
}
