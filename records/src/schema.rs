//! The tables, the same on both engines. A test compares this file with what the migrations make.
#![expect(missing_docs, reason = "the migrations describe the columns")]

diesel::table! {
    organisations (id) {
        id -> Text,
        name -> Text,
        demonstration -> Bool,
        created_at -> Timestamp,
        rules_version -> Integer,
    }
}

diesel::table! {
    teams (id) {
        id -> Text,
        organisation_id -> Text,
        parent_id -> Nullable<Text>,
        name -> Text,
        version -> Integer,
    }
}

diesel::table! {
    people (id) {
        id -> Text,
        organisation_id -> Text,
        team_id -> Text,
        name -> Text,
        search_key -> Text,
        email -> Text,
        job_title -> Text,
        started_on -> Date,
        asye -> Bool,
        weekly_hours_tenths -> Integer,
        standing -> Text,
        left_on -> Nullable<Date>,
        password_hash -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamp,
        registered -> Bool,
        agency -> Bool,
        digest_at -> Integer,
        weekly_repeats -> Bool,
        registration_renews_on -> Nullable<Date>,
        last_signed_in_on -> Nullable<Date>,
        missing_since -> Nullable<Date>,
        lens -> Bool,
        address_changed_at -> Nullable<Timestamp>,
        journal_waits_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    person_roles (person_id, role) {
        person_id -> Text,
        role -> Text,
        organisation_id -> Text,
    }
}

diesel::table! {
    supervisor_links (id) {
        id -> Text,
        organisation_id -> Text,
        supervisor_id -> Text,
        supervisee_id -> Text,
        kind -> Text,
        from_on -> Date,
        to_on -> Nullable<Date>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        organisation_id -> Text,
        person_id -> Text,
        token_hash -> Text,
        user_agent -> Text,
        created_at -> Timestamp,
        seen_at -> Timestamp,
        ran_out_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    drafts (id) {
        id -> Text,
        organisation_id -> Text,
        person_id -> Text,
        address -> Text,
        title -> Text,
        fields -> Text,
        boxes -> Text,
        cursor_field -> Text,
        has_words -> Bool,
        saved_by -> Text,
        typed_at -> BigInt,
        version -> Integer,
        begun_at -> Timestamp,
        saved_at -> Timestamp,
        sealed -> Nullable<Text>,
    }
}

diesel::table! {
    guesses (throttle_key) {
        throttle_key -> Text,
        count -> Integer,
        window_began_at -> Timestamp,
    }
}

diesel::table! {
    welcome_links (token_hash) {
        token_hash -> Text,
        organisation_id -> Text,
        person_id -> Text,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    cases (id) {
        id -> Text,
        organisation_id -> Text,
        team_id -> Text,
        reference -> Text,
        label -> Text,
        search_key -> Text,
        subject_kind -> Text,
        plan_type -> Text,
        domestic_abuse -> Bool,
        risk_level -> Text,
        lead_practitioner_id -> Nullable<Text>,
        allocated_on -> Date,
        status -> Text,
        last_held_on -> Nullable<Date>,
        next_on -> Nullable<Date>,
        version -> Integer,
        created_at -> Timestamp,
        marac -> Bool,
        lead_since -> Nullable<Date>,
        unallocated_since -> Nullable<Date>,
        last_overseen_on -> Nullable<Date>,
        risk_rose_on -> Nullable<Date>,
        unseen_rise_on -> Nullable<Date>,
        unseen_repeat_on -> Nullable<Date>,
        unchecked_repeat_on -> Nullable<Date>,
        sibling_group_id -> Nullable<Text>,
    }
}

diesel::table! {
    case_workers (case_id, person_id) {
        case_id -> Text,
        person_id -> Text,
        organisation_id -> Text,
    }
}

diesel::table! {
    supervisions (id) {
        id -> Text,
        organisation_id -> Text,
        supervisor_id -> Text,
        supervisee_id -> Text,
        kind -> Text,
        mode -> Text,
        held_on -> Date,
        minutes -> Integer,
        recorded_at -> Timestamp,
        line -> Text,
        was_due_on -> Nullable<Date>,
        policy_version -> Nullable<Integer>,
        state -> Text,
        asked_on -> Nullable<Date>,
        answers -> Text,
        write_by -> Nullable<Date>,
        sign_by -> Nullable<Date>,
        incident_on -> Nullable<Date>,
        began_at_minutes -> Nullable<Integer>,
        decide_by -> Nullable<Date>,
    }
}

diesel::table! {
    supervision_members (supervision_id, person_id) {
        supervision_id -> Text,
        person_id -> Text,
        organisation_id -> Text,
        attendance -> Text,
    }
}

diesel::table! {
    personal_parts (id) {
        id -> Text,
        organisation_id -> Text,
        supervision_id -> Text,
        wellbeing -> Text,
        workload -> Text,
        development -> Text,
        agreed -> Text,
        version -> Integer,
        changed_at -> Timestamp,
        answers -> Text,
    }
}

diesel::table! {
    case_entries (id) {
        id -> Text,
        organisation_id -> Text,
        case_id -> Text,
        supervision_id -> Nullable<Text>,
        author_id -> Text,
        kind -> Text,
        held_on -> Date,
        recorded_at -> Timestamp,
        child_seen -> Nullable<Text>,
        child_seen_on -> Nullable<Date>,
        what_happened -> Text,
        support_declined -> Bool,
        proposal -> Nullable<Text>,
        act -> Nullable<Text>,
        decision -> Text,
        rationale -> Text,
        next_on -> Nullable<Date>,
        was_due_on -> Nullable<Date>,
        policy_version -> Nullable<Integer>,
        no_action_because -> Text,
        answers -> Text,
        differs -> Text,
        with_entry_id -> Nullable<Text>,
        happened -> Text,
        voices -> Text,
        called_for -> Text,
        hypotheses -> Text,
        challenges -> Text,
        level_left -> Bool,
        voided_on -> Nullable<Date>,
    }
}

diesel::table! {
    risk_views (id) {
        id -> Text,
        organisation_id -> Text,
        case_id -> Text,
        entry_id -> Nullable<Text>,
        author_id -> Text,
        viewed_on -> Date,
        recorded_at -> Timestamp,
        level -> Text,
        direction -> Text,
        note -> Text,
        repeat_incident -> Bool,
        checklist_on -> Nullable<Date>,
        checklist_score -> Nullable<Integer>,
    }
}

diesel::table! {
    actions (id) {
        id -> Text,
        organisation_id -> Text,
        case_id -> Nullable<Text>,
        entry_id -> Nullable<Text>,
        supervisee_id -> Nullable<Text>,
        supervision_id -> Nullable<Text>,
        what -> Text,
        owner_id -> Nullable<Text>,
        owner_elsewhere -> Text,
        due_on -> Date,
        measure -> Text,
        fallback -> Text,
        state -> Text,
        end_note -> Text,
        ended_on -> Nullable<Date>,
        ended_by_id -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamp,
        carried -> Integer,
        agreed_for -> Nullable<Date>,
    }
}

diesel::table! {
    action_reviews (id) {
        id -> Text,
        organisation_id -> Text,
        action_id -> Text,
        entry_id -> Nullable<Text>,
        supervision_id -> Nullable<Text>,
        person_id -> Text,
        outcome -> Text,
        note -> Text,
        due_on -> Nullable<Date>,
        reviewed_at -> Timestamp,
        asked_id -> Nullable<Text>,
    }
}

diesel::table! {
    action_requests (review_id) {
        review_id -> Text,
        organisation_id -> Text,
        action_id -> Text,
        asked_id -> Text,
        answer -> Text,
        answered_at -> Nullable<Timestamp>,
        withdrawn_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    reflections (id) {
        id -> Text,
        organisation_id -> Text,
        author_id -> Text,
        case_id -> Nullable<Text>,
        supervision_id -> Nullable<Text>,
        title -> Text,
        body -> Text,
        version -> Integer,
        created_at -> Timestamp,
        changed_at -> Timestamp,
        sealed_head -> Nullable<Text>,
        sealed_text -> Nullable<Text>,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    reflection_copies (id) {
        id -> Text,
        organisation_id -> Text,
        reflection_id -> Text,
        author_id -> Text,
        reader_id -> Text,
        title -> Text,
        body -> Text,
        shared_at -> Timestamp,
        sealed_text -> Nullable<Text>,
        master_key_id -> Nullable<Text>,
        wrapped_key -> Nullable<Text>,
        taken_back_at -> Nullable<Timestamp>,
        author_seen_at -> Nullable<Timestamp>,
        reader_seen_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    journal_keys (person_id) {
        person_id -> Text,
        organisation_id -> Text,
        master_key_id -> Text,
        wrapped -> Text,
        made_at -> Timestamp,
    }
}

diesel::table! {
    copy_replies (id) {
        id -> Text,
        organisation_id -> Text,
        copy_id -> Text,
        author_id -> Text,
        sealed_text -> Text,
        written_at -> Timestamp,
    }
}

diesel::table! {
    cpd_pieces (id) {
        id -> Text,
        organisation_id -> Text,
        author_id -> Text,
        sealed_text -> Text,
        version -> Integer,
        created_at -> Timestamp,
        changed_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    journal_openings (id) {
        id -> Text,
        organisation_id -> Text,
        author_id -> Text,
        first_id -> Text,
        second_id -> Text,
        reason -> Text,
        opened_at -> Timestamp,
    }
}

diesel::table! {
    raised_prompts (id) {
        id -> Text,
        organisation_id -> Text,
        prompt_key -> Text,
        library_version -> Integer,
        question -> Text,
        entry_id -> Nullable<Text>,
        reflection_id -> Nullable<Text>,
        case_id -> Nullable<Text>,
        asked_of_id -> Text,
        state -> Text,
        reply -> Text,
        replied_at -> Nullable<Timestamp>,
        replied_by_id -> Nullable<Text>,
        version -> Integer,
        raised_on -> Date,
        sealed_reply -> Nullable<Text>,
        called_by -> Text,
        deferred_until -> Nullable<Date>,
        changed_plan -> Bool,
        agenda_item_id -> Nullable<Text>,
    }
}

diesel::table! {
    courses (id) {
        id -> Text,
        organisation_id -> Text,
        title -> Text,
        months_valid -> Integer,
        version -> Integer,
    }
}

diesel::table! {
    course_requirements (course_id, role) {
        course_id -> Text,
        role -> Text,
        organisation_id -> Text,
    }
}

diesel::table! {
    completions (id) {
        id -> Text,
        organisation_id -> Text,
        course_id -> Text,
        person_id -> Text,
        completed_on -> Date,
        note -> Text,
        recorded_by_id -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    completion_withdrawals (completion_id) {
        completion_id -> Text,
        organisation_id -> Text,
        reason -> Text,
        withdrawn_by_id -> Text,
        withdrawn_at -> Timestamp,
    }
}

diesel::table! {
    content_versions (id) {
        id -> Text,
        organisation_id -> Text,
        kind -> Text,
        version -> Integer,
        effective_from -> Date,
        author_id -> Nullable<Text>,
        reason -> Text,
        body -> Text,
        team_id -> Nullable<Text>,
        approver_id -> Nullable<Text>,
        created_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    outbox (id) {
        id -> Text,
        organisation_id -> Text,
        recipient_id -> Text,
        recipient_email -> Text,
        subject -> Text,
        body -> Text,
        body_hash -> Text,
        state -> Text,
        tries -> Integer,
        not_before -> Timestamp,
        claimed_until -> Nullable<Timestamp>,
        last_error -> Text,
        created_at -> Timestamp,
        sent_at -> Nullable<Timestamp>,
        html -> Text,
        reminder -> Bool,
    }
}

diesel::table! {
    case_terms (case_id, from_on) {
        case_id -> Text,
        from_on -> Date,
        organisation_id -> Text,
        plan_type -> Text,
        capped -> Bool,
    }
}

diesel::table! {
    bookings (id) {
        id -> Text,
        organisation_id -> Text,
        supervisor_id -> Text,
        supervisee_id -> Text,
        kind -> Text,
        mode -> Text,
        on_day -> Date,
        at_minutes -> Integer,
        minutes -> Integer,
        series_id -> Nullable<Text>,
        instead_of_id -> Nullable<Text>,
        state -> Text,
        cancel_reason -> Nullable<Text>,
        cancel_note -> Text,
        cancelled_on -> Nullable<Date>,
        supervision_id -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    agreements (id) {
        id -> Text,
        organisation_id -> Text,
        supervisor_id -> Text,
        supervisee_id -> Text,
        state -> Text,
        asked_on -> Nullable<Date>,
        review_on -> Date,
        version -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    agreement_answers (agreement_id, section) {
        agreement_id -> Text,
        section -> Text,
        organisation_id -> Text,
        answer -> Text,
    }
}

diesel::table! {
    record_steps (id) {
        id -> Text,
        organisation_id -> Text,
        record_kind -> Text,
        record_id -> Text,
        person_id -> Text,
        side -> Text,
        step -> Text,
        typed_name -> Text,
        words -> Text,
        text_hash -> Text,
        taken_at -> Timestamp,
        entry_id -> Nullable<Text>,
        signed_text -> Nullable<Text>,
    }
}

diesel::table! {
    booking_cases (booking_id, case_id) {
        booking_id -> Text,
        case_id -> Text,
        organisation_id -> Text,
    }
}

diesel::table! {
    calendar_feeds (person_id) {
        person_id -> Text,
        organisation_id -> Text,
        token_hash -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    absences (id) {
        id -> Text,
        organisation_id -> Text,
        person_id -> Text,
        reason -> Text,
        from_on -> Date,
        to_on -> Nullable<Date>,
        recorded_by_id -> Text,
        recorded_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    variations (id) {
        id -> Text,
        organisation_id -> Text,
        case_id -> Nullable<Text>,
        person_id -> Nullable<Text>,
        line -> Nullable<Text>,
        interval_days -> Integer,
        granted_on -> Date,
        expires_on -> Date,
        reason -> Text,
        approver_id -> Text,
        ended_on -> Nullable<Date>,
    }
}

diesel::table! {
    ladder_notices (id) {
        id -> Text,
        concern -> Text,
        subject_id -> Text,
        due_on -> Date,
        step -> Text,
        reader_id -> Text,
        organisation_id -> Text,
        reader -> Text,
        urgent -> Bool,
        raised_at -> Timestamp,
        mail_id -> Nullable<Text>,
        settled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    snoozes (id) {
        id -> Text,
        organisation_id -> Text,
        concern -> Text,
        subject_id -> Text,
        due_on -> Date,
        until_on -> Date,
        reason -> Text,
        person_id -> Text,
        snoozed_at -> Timestamp,
    }
}

diesel::table! {
    digests (person_id, day) {
        person_id -> Text,
        day -> Date,
        organisation_id -> Text,
        mail_id -> Text,
    }
}

diesel::table! {
    job_leases (job) {
        job -> Text,
        holder -> Text,
        token -> BigInt,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    agenda_items (id) {
        id -> Text,
        organisation_id -> Text,
        supervisor_id -> Text,
        supervisee_id -> Text,
        author_id -> Text,
        words -> Text,
        supervision_id -> Nullable<Text>,
        added_at -> Timestamp,
        booking_id -> Nullable<Text>,
    }
}

diesel::table! {
    preparations (id) {
        id -> Text,
        organisation_id -> Text,
        supervisor_id -> Text,
        supervisee_id -> Text,
        answers -> Text,
        wellbeing -> Nullable<Integer>,
        sharing -> Text,
        supervision_id -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamp,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    filings (id) {
        id -> Text,
        organisation_id -> Text,
        entry_id -> Text,
        person_id -> Text,
        filed_on -> Date,
    }
}

diesel::table! {
    audit_rounds (id) {
        id -> Text,
        organisation_id -> Text,
        lead_id -> Text,
        question -> Text,
        from_on -> Date,
        to_on -> Date,
        seed -> Text,
        files_wanted -> Integer,
        population -> Integer,
        tool_version -> Integer,
        lessons -> Text,
        closed_on -> Nullable<Date>,
        drawn_at -> Timestamp,
        drawn_by_id -> Nullable<Text>,
    }
}

diesel::table! {
    audit_round_teams (round_id, team_id) {
        round_id -> Text,
        team_id -> Text,
        organisation_id -> Text,
        population -> Integer,
    }
}

diesel::table! {
    audit_files (id) {
        id -> Text,
        organisation_id -> Text,
        round_id -> Text,
        team_id -> Text,
        supervisor_id -> Text,
        supervisee_id -> Text,
        second_id -> Nullable<Text>,
        state -> Text,
        withdrawn_because -> Text,
        shared_on -> Nullable<Date>,
        comment_by -> Nullable<Date>,
        final_on -> Nullable<Date>,
        drawn_at -> Timestamp,
    }
}

diesel::table! {
    audit_grades (id) {
        id -> Text,
        organisation_id -> Text,
        file_id -> Text,
        rater -> Text,
        grader_id -> Text,
        domains -> Text,
        went_well -> Text,
        to_learn -> Text,
        overall -> Text,
        why -> Text,
        version -> Integer,
        graded_at -> Timestamp,
    }
}

diesel::table! {
    audit_comments (id) {
        id -> Text,
        organisation_id -> Text,
        file_id -> Text,
        person_id -> Text,
        words -> Text,
        commented_at -> Timestamp,
    }
}

diesel::table! {
    imports (id) {
        id -> Text,
        organisation_id -> Text,
        author_id -> Text,
        kind -> Text,
        file_name -> Text,
        content -> Text,
        mapping -> Text,
        outcome -> Text,
        refused -> Text,
        uploaded_at -> Timestamp,
    }
}

diesel::table! {
    submissions (id) {
        id -> Text,
        form_key -> Text,
        words_hash -> Text,
        organisation_id -> Text,
        person_id -> Text,
        location -> Text,
        submitted_at -> Timestamp,
    }
}

diesel::table! {
    audit_events (sequence) {
        sequence -> BigInt,
        organisation_id -> Nullable<Text>,
        at -> Timestamp,
        actor_id -> Nullable<Text>,
        source -> Text,
        event -> Text,
        subject_kind -> Text,
        subject_id -> Text,
        detail -> Text,
        previous_hash -> Text,
        hash -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    organisations,
    teams,
    people,
    person_roles,
    supervisor_links,
    sessions,
    guesses,
    welcome_links,
    cases,
    case_workers,
    supervisions,
    supervision_members,
    record_steps,
    agreements,
    agreement_answers,
    personal_parts,
    case_entries,
    risk_views,
    actions,
    action_reviews,
    action_requests,
    reflections,
    reflection_copies,
    journal_keys,
    copy_replies,
    journal_openings,
    cpd_pieces,
    raised_prompts,
    courses,
    course_requirements,
    completions,
    completion_withdrawals,
    content_versions,
    outbox,
    case_terms,
    bookings,
    booking_cases,
    calendar_feeds,
    absences,
    variations,
    ladder_notices,
    snoozes,
    digests,
    job_leases,
    submissions,
    drafts,
    agenda_items,
    preparations,
    filings,
    audit_rounds,
    audit_round_teams,
    audit_files,
    audit_grades,
    audit_comments,
    imports,
    audit_events,
);
