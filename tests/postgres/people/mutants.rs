//! Proof that these proofs can fail: without one stone of what guards people, something must fall.

use super::desk::Desk;
use super::{business, lapse, register, team};
use crate::mutants::{mutants, rewrite, role_of};
use crate::provisioned::{Provisioned, folder};
use portalctl::state::{DatabaseState, Grantee, Privilege};

async fn is_caught(change: impl FnOnce(&mut DatabaseState)) {
    let portal = Provisioned::changed(business().await, &folder("postgres/people"), change).await;
    let mut desk = Desk::over(portal).await;
    let mut found = team::holes(&mut desk).await;
    if found.is_empty() {
        found = lapse::holes(&mut desk).await;
    }
    if found.is_empty() {
        found = register::holes(&mut desk).await;
    }
    println!("killed by {:?}", found.first());
    assert!(!found.is_empty(), "the mutant lives: nothing noticed");
}

fn let_call(state: &mut DatabaseState, name: &str, ending: &str) {
    let role = Grantee::Role(role_of(state, ending));
    for (_, function) in state.functions.iter_mut().filter(|(function, _)| function.name == name) {
        function.acl.grant(role.clone(), Privilege::Execute);
    }
}

mutants! {
    people_of_every_tenant: |state| rewrite(state, "team", "AND m.tenant_kind = kind AND m.tenant_key = tenant AND u.source", "AND u.source");
    people_of_every_portal: |state| rewrite(state, "team", "WHERE m.portal = portal_name AND", "WHERE");
    people_of_every_table: |state| rewrite(state, "team", "AND e.tenant_kind = kind AND e.tenant_key = tenant", "");
    oneself: |state| rewrite(state, "team", "p.account::text = context ->> 'user' OR p.email = my_email", "false");
    whoever_is_beyond: |state| rewrite(state, "team_beyond", "NOT ($5 ? m.audience)", "false");
    names_from_elsewhere: |state| rewrite(state, "team", "CASE WHEN m.origin = 'team' THEN m.title ELSE coalesce(m.title, u.title) END", "coalesce(m.title, u.title)");
    names_from_elsewhere_to_choose_from: |state| rewrite(state, "everyone", "CASE WHEN m.origin = 'team' THEN m.title ELSE coalesce(m.title, u.title) END", "coalesce(m.title, u.title)");
    who_is_kept_out_elsewhere: |state| rewrite(state, "team", "AND (m.origin <> 'team' OR u.disabled_at > m.created_at)", "");
    the_place_of_a_document: |state| rewrite(state, "team", "WHEN p.origin = 'spec' THEN 'document'", "");
    any_audience_to_invite_to: |state| rewrite(state, "team_invite", "OR NOT rules -> 'may_grant' ? $3", "");
    invited_names_overwrite: |state| rewrite(state, "team_invite", "ON CONFLICT (source, source_key) DO NOTHING", "ON CONFLICT (source, source_key) DO UPDATE SET title = called");
    an_invitation_tells_who_is_known: |state| {
        let insert = "ON CONFLICT (source, source_key) DO NOTHING;";
        rewrite(state, "team_invite", insert, &format!("{insert} IF NOT FOUND THEN RETURN 'known'; END IF;"));
    };
    any_audience_to_move_to: |state| rewrite(state, "team_grant", "IF NOT rules -> 'may_grant' ? $2 THEN", "IF false THEN");
    any_place_moves: |state| rewrite(state, "team_grant", "known.fixed <> ''", "false");
    any_place_is_disabled: |state| rewrite(state, "team_disable", "known.fixed NOT IN ('', 'document')", "false");
    sessions_end: |state| rewrite(state, "team_grant", "WHERE s.user_id = place.user_id AND", "WHERE false AND");
    links_lead_nowhere: |state| rewrite(state, "team_grant", "WHERE l.user_id = place.user_id AND", "WHERE false AND");
    who_is_kept_out_at_a_table: |state| rewrite(state, "membership_now", "o.email = u.email AND", "o.id = u.id AND");
    a_disabled_place_still_signs_in: |state| rewrite(state, "membership_now", "m.disabled_at IS NULL AND", "");
    who_was_kept_out_before_is_told_apart: |state| rewrite(state, "everyone", " OR (m.origin = 'team' AND u.disabled_at <= m.created_at)", "");
    names_that_turn_round: |state| rewrite(state, "team_invite", "\\\\u2028-\\\\u202E", "");
    a_disabled_place_is_still_named: |state| rewrite(state, "everyone", "AND m.disabled_at IS NULL", "");
    nothing_is_recorded: |state| rewrite(state, "team_record", "    INSERT INTO", "    RETURN;\n    INSERT INTO");
    everybody_calls: |state| let_call(state, "team_invite", "__desk__user");
    staff_call: |state| let_call(state, "team", "__desk__staff");
    the_record_is_anybodys: |state| let_call(state, "team_record", "__desk__admin");
    any_token: |state| rewrite(state, "context", "IF NOT EXISTS", "IF false AND NOT EXISTS");
}

mutants! {
    the_moment_itself_is_still_paid: |state| rewrite(state, "membership_now", "clock_timestamp() < paid", "clock_timestamp() - interval '1 second' < paid");
    who_never_paid_has_paid: |state| rewrite(state, "membership_now", "(clock_timestamp() < paid) IS TRUE", "(clock_timestamp() < paid) IS NOT FALSE");
    a_place_that_ends_is_outlived: |state| rewrite(state, "membership_now", "coalesce(ends, 'infinity')", "'infinity'");
    another_kind_of_tenant_pays: |state| rewrite(state, "lapses_at", "AND 'shop'::text = $2", "");
    a_token_outlives_the_moment: |state| rewrite(state, "session_context", "least(clock_timestamp() + interval '1 minute', m.until)", "clock_timestamp() + interval '1 minute'");
    the_role_stays: |state| rewrite(state, "session_context", "m.acts_as = $2", "true");
    no_grace: |state| rewrite(state, "lapses_at", "interval '7200 seconds'", "interval '0 seconds'");
    the_earliest_counts: |state| rewrite(state, "lapses_at", "max(d.at)", "min(d.at)");
    deleted_rows_count: |state| rewrite(state, "lapses_at", "\"gone\" IS NULL", "true");
    rows_of_every_tenant: |state| rewrite(state, "lapses_at", "tp.\"account\" = ($4 ->> 'key')", "true");
    rows_that_are_a_firms_pay_for_a_shop: |state| rewrite(state, "lapses_at", "AND $2 = 'firm'", "");
    rows_of_everybody: |state| rewrite(state, "lapses_at", "tp.\"author\" = ($5 ->> 'author')", "true");
    dates_of_every_tenant: |state| rewrite(state, "lapses_at", "AND t.key = $3", "");
    days_begin_in_london: |state| rewrite(state, "lapses_at", "Europe/Berlin", "Europe/London");
}

mutants! {
    as_often_as_one_likes: |state| rewrite(state, "admitted", ">= ($3 ->> 'most')::bigint", "< 0");
    for_ever: |state| rewrite(state, "admitted", "AND a.at > clock_timestamp() - make_interval(secs => ($3 ->> 'seconds')::double precision)", "");
    networks_are_not_told_apart: |state| rewrite(state, "admitted", "a.what = $1 AND a.who = $2 AND", "a.what = $1 AND");
    an_address_is_a_network_of_the_newer_kind: |state| rewrite(state, "network_hash", "WHEN 6 THEN 64", "WHEN 6 THEN 128");
    addresses_can_be_guessed: |state| rewrite(state, "keyed_hash", "sha256(k.outer_key || sha256(k.inner_key || convert_to($1, 'UTF8')))", "sha256(convert_to(substr($1, strpos($1, ' ') + 1), 'UTF8'))");
    one_address_as_often_as_one_likes: |state| rewrite(state, "register", "'email ' || given)", "'email ' || given || clock_timestamp())");
    that_an_address_was_asked_for_is_told: |state| rewrite(state, "register", "        RETURN 'done';\n    END IF;", "        RETURN 'limit';\n    END IF;");
    who_has_a_place_is_told: |state| rewrite(state, "register", "    INSERT INTO", "    IF known THEN RETURN 'known'; END IF;\n    INSERT INTO");
    who_asks_is_in: |state| rewrite(state, "register", "AND NOT known AND NOT (rules ->> 'approval')::boolean", "");
    one_walks_in_twice: |state| rewrite(state, "register", "WHERE split_part(p.persona, '/', 1) = $1)", "WHERE false)");
    what_is_asked_may_stay_empty: |state| rewrite(state, "register", "said IS NULL AND field <> 'phone' OR", "");
    staff_answer_for_every_portal: |state| rewrite(state, "registrations", "r.portal = split_part(persona, '/', 1) AND", "");
    onlookers_call: |state| let_call(state, "registrations", "__join__onlooker");
    what_is_inside_is_anybodys: |state| let_call(state, "registration_approve", "__join__clerk");
    tenants_of_every_kind: |state| rewrite(state, "registration_answer", "t.tenant_kind = asked.tenant_kind AND", "");
    tenants_of_the_business_are_made_up: |state| rewrite(state, "registration_approve", "NOT (rules ->> 'new_tenants')::boolean", "false");
    names_on_a_form_are_everywhere: |state| rewrite(state, "registration_approve", "ON CONFLICT (source, source_key) DO NOTHING", "ON CONFLICT (source, source_key) DO UPDATE SET title = called");
    one_is_let_in_twice: |state| rewrite(state, "registration_approve", "AND r.state = 'waiting' FOR UPDATE", "FOR UPDATE");
    who_is_kept_out_is_let_in: |state| rewrite(state, "registration_approve", "u.email = asked.email AND u.disabled_at IS NOT NULL", "false");
    whom_a_tenant_keeps_out_is_let_in: |state| rewrite(state, "registration_approve", "AND m.disabled_at IS NOT NULL", "AND false");
    what_was_answered_stays: |state| rewrite(state, "register", "interval '180 days'", "interval '18000 days'");
    who_let_them_in_is_not_recorded: |state| rewrite(state, "registration_approve", "VALUES ($3, 'registration.approve'", "VALUES ('', ''");
    guests_create_as_they_like: |state| rewrite(state, "limit_write", "context ? 'network'", "false");
    guests_are_one: |state| rewrite(state, "guest_context", "network_hash($3)", "network_hash(NULL)");
}
