-- What a channel wants handed to the user's own app while an attempt waits for the user, such as
-- WeChat Pay's package_info. Encrypted, and gone once the attempt is final.
alter table payout_attempt
    add column hand_over       bytea,
    add column hand_over_until timestamptz,
    add constraint a_hand_over_ends check ((hand_over is null) = (hand_over_until is null)),
    add constraint what_is_final_hands_nothing_over check (
        hand_over is null or state in ('SENT', 'ACCEPTED', 'UNKNOWN'));
