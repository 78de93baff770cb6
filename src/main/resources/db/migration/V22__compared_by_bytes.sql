-- Who owns an account or a beneficiary is looked up with every order. Compared by their bytes, as "C" does,
-- names cost the index a fraction of what a language's order costs, and nobody reads them in that order.
alter table account
    alter column kind type text collate "C",
    alter column owner type text collate "C",
    alter column currency type text collate "C";
alter table beneficiary
    alter column user_id type text collate "C",
    alter column masked type text collate "C";
