-- What a key allows. Servers without the column insert keys that allow both, as those that are there do.
ALTER TABLE api_key ADD COLUMN scopes text[] COLLATE "C" NOT NULL DEFAULT '{read,write}';
