//! Joining, parting, editing and taking back on several laptops, in an order that a seed decides: whatever the order in
//! which it arrives, all fold to the same.

use serde_json::json;

use crate::seats::{NEW, NUMBER, OLD, OTHER_NUMBER, Seat, Three, text};

/// Numbers from a seed.
struct Dice(blake3::OutputReader);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        (u64::from_be_bytes(bytes) % n.max(1) as u64) as usize
    }
}

/// A morning of two laptops of one village, another village and their township.
fn morning(seed: u64) {
    let mut dice = Dice(blake3::Hasher::new().update(&seed.to_be_bytes()).finalize_xof());
    let three = Three::new();
    three.round();
    let second = Seat::of("village", "二号机");
    three.town.enrol(&second, Some(OLD));
    let mut people: Vec<String> = Vec::new();
    for (seat, name, number) in [
        (&three.old, "王秀英", NUMBER),
        (&three.old, "王秀瑛", NUMBER),
        (&three.old, "李国强", OTHER_NUMBER),
        (&three.new, "王秀英", NUMBER),
        (&three.new, "李国强", OTHER_NUMBER),
    ] {
        people.push(seat.add(json!({ "name": name, "id_number": number, "kind": "full" })));
    }
    three.round();
    three.town.hand(&second, OLD);
    people.push(second.add(json!({ "name": "王秀英", "id_number": NUMBER, "kind": "full" })));
    let seats = [&three.old, &second, &three.new, &three.town];
    let mut said = 0;
    for _ in 0..24 {
        let seat = seats[dice.below(4)];
        let (one, other) = (&people[dice.below(people.len())], &people[dice.below(people.len())]);
        let both = json!({ "first": one, "second": other });
        // What makes no sense at that laptop (somebody it does not know, two who are one already) is refused.
        let answer = match dice.below(8) {
            0..=2 => seat.api.call("person.join", both),
            3 | 4 => seat.api.call("person.part", both),
            5 => seat
                .api
                .call("member.save", json!({ "id": one, "fields": { "job": format!("{}", dice.below(3)) } })),
            6 => seat.api.call("undo.last", json!({})),
            _ => {
                match dice.below(4) {
                    0 => three.old.hand(&three.town, "parent"),
                    1 => second.hand(&three.town, "parent"),
                    2 => three.town.hand(&second, OLD),
                    _ => three.town.hand(&three.new, NEW),
                }
                continue;
            }
        };
        said += usize::from(answer.is_ok());
    }
    assert!(said > 3, "seed {seed}: hardly anything was done");
    let sticks: Vec<_> = [&three.old, &second, &three.new].map(|seat| seat.write("parent")).into();
    let mut order: Vec<usize> = (0..3).collect();
    order.rotate_left(dice.below(3));
    for at in order {
        three.town.read(&sticks[at]);
    }
    for (seat, name) in [(&second, OLD), (&three.old, OLD), (&three.new, NEW)] {
        three.town.hand(seat, name);
    }
    for (seat, name) in [(&second, OLD), (&three.old, OLD), (&three.new, NEW)] {
        assert_eq!(seat.digest(name), three.town.digest(name), "seed {seed}: {}", seat.name);
        seat.sound();
    }
    three.town.sound();
    let of_old = |seat: &Seat| {
        let found = seat.call("member.list", json!({ "org": OLD }));
        let mut ids: Vec<String> =
            found["members"].as_array().unwrap().iter().map(|m| text(&m["id"])).collect();
        ids.sort();
        ids
    };
    assert_eq!(of_old(&three.old), of_old(&three.town), "seed {seed}");
    assert_eq!(of_old(&three.old), of_old(&second), "seed {seed}");
}

#[test]
fn whatever_is_said_in_whatever_order_all_see_the_same_persons() {
    for seed in 0..12 {
        morning(seed);
    }
}
