//! Diesel's tables, one file for both backends; `migrations/` is the truth.

#![expect(missing_docs, reason = "the migrations document the columns")]

diesel::table! {
    ledger_head (id) {
        id -> BigInt,
        size -> BigInt,
        root -> Binary,
        last_leaf -> Binary,
        last_at_s -> BigInt,
    }
}

diesel::table! {
    ledger_entry (leaf_index) {
        leaf_index -> BigInt,
        kind -> Text,
        at_s -> BigInt,
        bytes -> Binary,
    }
}

diesel::table! {
    ledger_hash (position) {
        position -> BigInt,
        hash -> Binary,
    }
}

diesel::table! {
    ledger_act (hash) {
        hash -> Binary,
        leaf_index -> BigInt,
    }
}

diesel::table! {
    cosigned_checkpoint (size) {
        size -> BigInt,
        note -> Text,
        cosigned_s -> BigInt,
    }
}

diesel::table! {
    election (id) {
        id -> Text,
        title -> Text,
        opens_s -> BigInt,
        closes_s -> BigInt,
        zone -> Text,
        lookup -> Text,
        leaf_index -> BigInt,
        closed_index -> Nullable<BigInt>,
    }
}

diesel::table! {
    election_contest (election_id, contest) {
        election_id -> Text,
        contest -> Text,
        determined_s -> BigInt,
    }
}

diesel::table! {
    pact (hash) {
        hash -> Binary,
        election_id -> Text,
        version -> BigInt,
        text -> Binary,
        leaf_index -> BigInt,
    }
}

diesel::table! {
    person (id) {
        id -> BigInt,
        nip -> Text,
        name -> Text,
        unit -> Text,
        unit_path -> Text,
        position -> Text,
        city -> Text,
        grade -> Text,
        email -> Nullable<Text>,
        employment -> Text,
        search -> Text,
        updated_s -> BigInt,
    }
}

diesel::table! {
    person_alias (nip) {
        nip -> Text,
        person_id -> BigInt,
    }
}

diesel::table! {
    roster_member (id) {
        id -> BigInt,
        election_id -> Text,
        person_id -> BigInt,
        label -> Nullable<Binary>,
        label_salt -> Nullable<Binary>,
        state -> Text,
        reason -> Nullable<Text>,
        added_index -> Nullable<BigInt>,
        off_index -> Nullable<BigInt>,
        invited_s -> Nullable<BigInt>,
        opened_s -> Nullable<BigInt>,
        bounced_s -> Nullable<BigInt>,
    }
}

diesel::table! {
    roster_import (id) {
        id -> BigInt,
        election_id -> Text,
        file_name -> Text,
        file_sha256 -> Binary,
        account_id -> Nullable<BigInt>,
        created_s -> BigInt,
        confirmed_s -> Nullable<BigInt>,
        state -> Text,
        counts -> Text,
        content -> Nullable<Text>,
    }
}

diesel::table! {
    account (id) {
        id -> BigInt,
        email -> Text,
        name -> Text,
        created_s -> BigInt,
        disabled_s -> Nullable<BigInt>,
    }
}

diesel::table! {
    account_role (account_id, role, unit_path) {
        account_id -> BigInt,
        role -> Text,
        unit_path -> Text,
    }
}

diesel::table! {
    officer_key (public_key) {
        public_key -> Binary,
        account_id -> Nullable<BigInt>,
        device -> Text,
        state -> Text,
        roles -> Text,
        requested_s -> BigInt,
        leaf_index -> Nullable<BigInt>,
    }
}

diesel::table! {
    signin_link (token_hash) {
        token_hash -> Binary,
        person_id -> Nullable<BigInt>,
        account_id -> Nullable<BigInt>,
        election_id -> Nullable<Text>,
        created_s -> BigInt,
        expires_s -> BigInt,
        used_s -> Nullable<BigInt>,
    }
}

diesel::table! {
    session (token_hash) {
        token_hash -> Binary,
        person_id -> Nullable<BigInt>,
        account_id -> Nullable<BigInt>,
        created_s -> BigInt,
        seen_s -> BigInt,
        expires_s -> BigInt,
        revoked_s -> Nullable<BigInt>,
    }
}

diesel::table! {
    pending_statement (id) {
        id -> BigInt,
        member_id -> BigInt,
        statement -> Binary,
        signature -> Binary,
        salts -> Binary,
        created_s -> BigInt,
        expires_s -> BigInt,
        code_salt -> Nullable<Binary>,
        code_hash -> Nullable<Binary>,
        code_sent_s -> Nullable<BigInt>,
        tries -> BigInt,
    }
}

diesel::table! {
    signature (leaf_index) {
        leaf_index -> BigInt,
        election_id -> Text,
        member_id -> BigInt,
        live_member_id -> Nullable<BigInt>,
        public_key -> Binary,
        statement_hash -> Binary,
        pact_hash -> Binary,
        at_s -> BigInt,
        accepted_s -> BigInt,
        method -> Text,
        code -> Text,
        state -> Text,
        evidence_salt -> Binary,
        evidence -> Binary,
        salts -> Binary,
        nip -> Text,
        name -> Text,
        unit -> Text,
        position -> Text,
    }
}

diesel::table! {
    outbox (id) {
        id -> BigInt,
        template -> Text,
        person_id -> Nullable<BigInt>,
        account_id -> Nullable<BigInt>,
        election_id -> Nullable<Text>,
        subject_id -> Nullable<BigInt>,
        state -> Text,
        created_s -> BigInt,
        due_s -> BigInt,
        sent_s -> Nullable<BigInt>,
        attempts -> BigInt,
        error -> Nullable<Text>,
        urgent -> Bool,
    }
}

diesel::table! {
    authority (id) {
        id -> BigInt,
        slug -> Text,
        name -> Text,
        valid_from -> Nullable<Text>,
        valid_to -> Nullable<Text>,
    }
}

diesel::table! {
    complaint (id) {
        id -> BigInt,
        authority_id -> BigInt,
        reference -> Text,
        channel -> Text,
        accused_name -> Text,
        unit -> Text,
        city -> Text,
        position -> Text,
        nip_fragment -> Text,
        handle -> Text,
        incident_date -> Nullable<Text>,
        as_received -> Text,
        received_s -> BigInt,
        state -> Text,
        first_answer_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    crossref (complaint_id) {
        complaint_id -> BigInt,
        made_s -> BigInt,
        model_version -> Text,
        roster_snapshot -> Text,
        decision -> Text,
        explanation -> Text,
        number -> BigInt,
        conflict -> Bool,
    }
}

diesel::table! {
    crossref_past (id) {
        id -> BigInt,
        complaint_id -> BigInt,
        number -> BigInt,
        made_s -> BigInt,
        model_version -> Text,
        roster_snapshot -> Text,
        decision -> Text,
        explanation -> Text,
        replaced_s -> BigInt,
    }
}

diesel::table! {
    crossref_decision (id) {
        id -> BigInt,
        complaint_id -> BigInt,
        outcome -> Text,
        person_id -> Nullable<BigInt>,
        account_id -> BigInt,
        reason -> Text,
        model_version -> Text,
        roster_snapshot -> Text,
        decided_s -> BigInt,
        number -> Nullable<BigInt>,
        step -> Text,
        evidence -> Nullable<Text>,
    }
}

diesel::table! {
    journal (id) {
        id -> BigInt,
        at_s -> BigInt,
        account_id -> Nullable<BigInt>,
        person_id -> Nullable<BigInt>,
        action -> Text,
        subject -> Text,
        salt -> Nullable<Binary>,
        leaf -> Nullable<Binary>,
        place -> Nullable<BigInt>,
    }
}

diesel::table! {
    journal_seal (leaf_index) {
        leaf_index -> BigInt,
        date -> Text,
        salt -> Binary,
        size -> BigInt,
        root -> Binary,
    }
}

diesel::table! {
    pending_act (id) {
        id -> BigInt,
        kind -> Text,
        subject -> Text,
        act -> Binary,
        first_key -> Binary,
        first_signature -> Binary,
        proposed_s -> BigInt,
        expires_s -> BigInt,
        state -> Text,
        second_key -> Nullable<Binary>,
        settled_s -> Nullable<BigInt>,
        leaf_index -> Nullable<BigInt>,
    }
}

diesel::table! {
    dispute (leaf_index) {
        leaf_index -> BigInt,
        signature_index -> BigInt,
        channel -> Text,
        authority_id -> Nullable<BigInt>,
        account_id -> Nullable<BigInt>,
        opened_s -> BigInt,
        outcome -> Nullable<Text>,
        resolution_index -> Nullable<BigInt>,
        resolved_s -> Nullable<BigInt>,
    }
}

diesel::table! {
    attestation (id) {
        id -> BigInt,
        election_id -> Text,
        member_id -> BigInt,
        pact_hash -> Binary,
        scan -> Binary,
        salts -> Binary,
        nip -> Text,
        name -> Text,
        unit -> Text,
        position -> Text,
        created_s -> BigInt,
        leaf_index -> Nullable<BigInt>,
    }
}

diesel::table! {
    legal_hold (id) {
        id -> BigInt,
        person_id -> BigInt,
        reason -> Text,
        account_id -> Nullable<BigInt>,
        set_s -> BigInt,
        lifted_s -> Nullable<BigInt>,
    }
}

diesel::joinable!(dispute -> signature (signature_index));
diesel::joinable!(attestation -> roster_member (member_id));
diesel::joinable!(legal_hold -> person (person_id));
diesel::joinable!(election_contest -> election (election_id));
diesel::joinable!(pact -> election (election_id));
diesel::joinable!(person_alias -> person (person_id));
diesel::joinable!(roster_member -> election (election_id));
diesel::joinable!(roster_member -> person (person_id));
diesel::joinable!(roster_import -> election (election_id));
diesel::joinable!(account_role -> account (account_id));
diesel::joinable!(officer_key -> account (account_id));
diesel::joinable!(signin_link -> person (person_id));
diesel::joinable!(signin_link -> account (account_id));
diesel::joinable!(session -> person (person_id));
diesel::joinable!(session -> account (account_id));
diesel::joinable!(pending_statement -> roster_member (member_id));
diesel::joinable!(signature -> election (election_id));
diesel::joinable!(signature -> roster_member (member_id));
diesel::joinable!(signature -> pact (pact_hash));
diesel::joinable!(outbox -> person (person_id));
diesel::joinable!(outbox -> account (account_id));
diesel::joinable!(complaint -> authority (authority_id));
diesel::joinable!(crossref -> complaint (complaint_id));
diesel::joinable!(crossref_past -> complaint (complaint_id));
diesel::joinable!(crossref_decision -> complaint (complaint_id));
diesel::joinable!(crossref_decision -> person (person_id));
diesel::joinable!(crossref_decision -> account (account_id));

diesel::allow_tables_to_appear_in_same_query!(
    ledger_head,
    ledger_entry,
    ledger_hash,
    ledger_act,
    cosigned_checkpoint,
    election,
    election_contest,
    pact,
    person,
    person_alias,
    roster_member,
    roster_import,
    account,
    account_role,
    officer_key,
    signin_link,
    session,
    pending_statement,
    signature,
    outbox,
    authority,
    complaint,
    crossref,
    crossref_past,
    crossref_decision,
    journal,
    journal_seal,
    pending_act,
    dispute,
    attestation,
    legal_hold,
);
