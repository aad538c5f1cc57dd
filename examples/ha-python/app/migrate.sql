-- Run once for each text of this file, as the administrator: from PostgreSQL 15 on, an ordinary user cannot create anything
-- in the schema `public`. `:"app"` is the application's role.
CREATE TABLE IF NOT EXISTS visits (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now()
);
GRANT USAGE ON SCHEMA public TO :"app";
GRANT SELECT, INSERT ON visits TO :"app";
