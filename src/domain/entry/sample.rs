//! Entries made up for tests, by strategy: every kind, any content.

use proptest::collection::btree_set;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::domain::election::Contest;
use crate::domain::election::Election as Terms;
use crate::domain::election::LookUp;
use crate::domain::pact::Language;
use crate::domain::pact::PactText;
use crate::domain::role::Role;
use crate::domain::role::Roles;
use crate::domain::statement::After;
use crate::domain::statement::Method;
use crate::domain::statement::Statement;
use crate::domain::text::Id;
use crate::domain::text::Prose;

pub(crate) fn id() -> impl Strategy<Value = Id> {
    "[a-z0-9][a-z0-9-]{0,20}".prop_map(|text| text.parse().unwrap())
}

fn origin() -> impl Strategy<Value = Origin> {
    "[a-z0-9./_-]{1,40}".prop_map(|text| text.parse().unwrap())
}

fn prose<const N: usize>() -> impl Strategy<Value = Prose<N>> {
    "[!-~é-ź]([ -~é-ź]{0,30}[!-~é-ź])?".prop_map(|text| text.parse().unwrap())
}

fn time() -> impl Strategy<Value = Time> {
    (0_u64..1 << 62).prop_map(|seconds| Time::from_unix(seconds).unwrap())
}

fn minute() -> impl Strategy<Value = Time> {
    time().prop_map(Time::floor_minute)
}

fn roles() -> impl Strategy<Value = Roles> {
    (1_usize..32).prop_map(|bits| {
        let chosen: Vec<Role> = Role::ALL
            .into_iter()
            .take(5)
            .enumerate()
            .filter(|(i, _)| bits >> i & 1 == 1)
            .map(|(_, role)| role)
            .collect();
        Roles::of(&chosen).unwrap()
    })
}

fn number() -> impl Strategy<Value = u64> {
    0_u64..1 << 63
}

fn genesis() -> impl Strategy<Value = Body> {
    let officers = proptest::collection::btree_map(any::<[u8; 32]>(), roles(), 1..4);
    (origin(), "[!-~]{1,80}", officers, any::<[u8; 16]>()).prop_map(|(origin, vkey, officers, nonce)| {
        Body::Genesis(Genesis {
            origin,
            vkey: vkey.parse().unwrap(),
            officers: officers.into_iter().collect(),
            nonce,
        })
    })
}

fn election() -> impl Strategy<Value = Body> {
    let contests = proptest::collection::btree_map(id(), time(), 0..4);
    let lookup = proptest::sample::select(LookUp::ALL.to_vec());
    let zone = "[A-Za-z0-9_+/-]{1,20}";
    (
        id(),
        prose(),
        minute(),
        1_u64..1_000_000,
        zone,
        contests,
        lookup,
        any::<[u8; 16]>(),
    )
        .prop_map(|(id, title, opens, minutes, zone, contests, lookup, nonce)| {
            let contests = contests
                .into_iter()
                .map(|(id, determined)| Contest { id, determined })
                .collect();
            let closes = Time::from_unix(opens.unix() + 60 * minutes).unwrap();
            let election = Terms {
                id,
                title,
                opens,
                closes,
                zone: zone.parse().unwrap(),
                contests,
                lookup,
            };
            Body::Election(Election { election, nonce })
        })
}

fn pact() -> impl Strategy<Value = Body> {
    let language = proptest::sample::select(vec![Language::Id, Language::En]);
    let text = (
        id(),
        1_u64..1 << 63,
        language,
        prose(),
        prose(),
        vec(prose(), 1..5),
        option::of(prose()),
    )
        .prop_map(
            |(election, version, language, title, preamble, clauses, closing)| PactText {
                election,
                version,
                language,
                title,
                preamble,
                clauses,
                closing,
            },
        );
    (id(), text, any::<[u8; 16]>()).prop_map(|(election, text, nonce)| {
        Body::Pact(Box::new(Pact {
            election,
            text,
            nonce,
        }))
    })
}

fn roster() -> impl Strategy<Value = Body> {
    let reason = proptest::sample::select(OffReason::ALL.to_vec());
    let off = proptest::collection::btree_map(any::<[u8; 32]>(), reason, 0..3);
    (id(), btree_set(any::<[u8; 32]>(), 1..4), off, any::<[u8; 16]>()).prop_map(
        |(election, add, off, nonce)| {
            Body::Roster(Roster {
                election,
                add: add.into_iter().collect(),
                off: off.into_iter().collect(),
                nonce,
            })
        },
    )
}

pub(crate) fn statement() -> impl Strategy<Value = Statement> {
    let hashes = any::<[[u8; 32]; 5]>();
    let method = proptest::sample::select(Method::ALL.to_vec());
    (origin(), id(), hashes, method, number()).prop_map(
        |(origin, election, [pact, label, commit, key, root], method, size)| Statement {
            origin,
            election,
            pact,
            label,
            commit,
            key,
            method,
            after: After { size, root },
        },
    )
}

fn signature() -> impl Strategy<Value = Body> {
    (id(), statement(), vec(any::<u8>(), 64), any::<[u8; 32]>()).prop_map(
        |(election, statement, signature, evidence)| {
            let signature = signature.try_into().unwrap();
            Body::Signature(Box::new(Signature {
                election,
                statement,
                signature,
                evidence,
            }))
        },
    )
}

fn about_people() -> impl Strategy<Value = Body> {
    let bytes = (any::<[[u8; 32]; 4]>(), any::<[u8; 16]>());
    prop_oneof![
        (id(), bytes).prop_map(|(election, ([pact, label, commit, scan], nonce))| {
            Body::Attested(Attested {
                election,
                pact,
                label,
                commit,
                scan,
                nonce,
            })
        }),
        (id(), id(), bytes).prop_map(|(election, ground, ([label, ..], nonce))| {
            Body::Erasure(Erasure {
                election,
                label,
                ground,
                nonce,
            })
        }),
        (number(), any::<bool>(), any::<[u8; 16]>()).prop_map(|(signature, link, nonce)| {
            let channel = if link { Channel::Link } else { Channel::Authority };
            Body::Dispute(Dispute {
                signature,
                channel,
                nonce,
            })
        }),
        (number(), any::<bool>(), any::<[u8; 16]>()).prop_map(|(dispute, upheld, nonce)| {
            let outcome = if upheld {
                Outcome::Upheld
            } else {
                Outcome::Dismissed
            };
            Body::Resolution(Resolution {
                dispute,
                outcome,
                nonce,
            })
        }),
    ]
}

fn custody() -> impl Strategy<Value = Body> {
    let nonce = any::<[u8; 16]>();
    prop_oneof![
        (any::<[u8; 32]>(), option::of(roles()), nonce)
            .prop_map(|(key, roles, nonce)| Body::Officer(Officer { key, roles, nonce })),
        vec(any::<u8>(), 1..90).prop_map(|checkpoint| Body::Anchor(Anchor { checkpoint })),
        (id(), number(), any::<[u8; 32]>()).prop_map(|(election, size, root)| Body::Map(Map {
            election,
            size,
            root
        })),
        (0_i16..9999, 1_i8..13, 1_i8..29, any::<[u8; 32]>()).prop_map(|(year, month, day, seal)| Body::Seal(
            Seal {
                date: jiff::civil::date(year, month, day),
                seal
            }
        )),
        (vec(any::<u8>(), 1..90), any::<[u8; 16]>())
            .prop_map(|(policy, nonce)| Body::Policy(Policy { policy, nonce })),
        ("[!-~]{1,80}", any::<[u8; 16]>()).prop_map(|(vkey, nonce)| Body::LogKey(LogKey {
            vkey: vkey.parse().unwrap(),
            nonce
        })),
        (
            id(),
            [number(), number(), number(), number(), number()],
            any::<[u8; 16]>()
        )
            .prop_map(
                |(election, [members, valid, attested, disputed, voided], nonce)| {
                    Body::Close(Close {
                        election,
                        counts: Counts {
                            members,
                            valid,
                            attested,
                            disputed,
                            voided,
                        },
                        nonce,
                    })
                }
            ),
        ("x-[a-z]{1,9}", vec(("[a-ac-z]{1,5}", "[!-~]{1,9}"), 0..3)).prop_map(|(kind, lines)| {
            Body::Unknown(Unknown {
                kind: kind.parse().unwrap(),
                lines,
            })
        }),
    ]
}

/// Any body.
pub(crate) fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        genesis(),
        election(),
        pact(),
        roster(),
        signature(),
        about_people(),
        custody()
    ]
}

/// Any entry with as many authors as its kind has; their signatures are noise.
pub(crate) fn entry() -> impl Strategy<Value = Entry> {
    (
        any::<[u8; 32]>(),
        minute(),
        body(),
        btree_set(any::<[u8; 32]>(), 2..3),
    )
        .prop_map(|(prev, at, body, keys)| {
            let count = body.authorship().map_or(1, |authorship| authorship.count);
            let by = keys
                .into_iter()
                .take(count)
                .map(|key| By {
                    key,
                    signature: [7; 64],
                })
                .collect();
            Entry { prev, at, body, by }
        })
}
