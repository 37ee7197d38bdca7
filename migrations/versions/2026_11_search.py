"""Indexes for searching: what no model can say, written by hand."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = (
    "CREATE TABLE search_word (id INTEGER NOT NULL PRIMARY KEY, word TEXT NOT NULL)",
    """CREATE VIRTUAL TABLE search_text USING fts5(
        title, words, place, content='search_doc', content_rowid='id', tokenize='ascii')""",
    """CREATE VIRTUAL TABLE search_gram USING fts5(
        word, content='search_word', content_rowid='id', tokenize='trigram')""",
    """CREATE TRIGGER search_doc_made AFTER INSERT ON search_doc BEGIN
        INSERT INTO search_text(rowid, title, words, place) VALUES (new.id, new.title, new.words, new.place); END""",
    """CREATE TRIGGER search_doc_gone AFTER DELETE ON search_doc BEGIN
        INSERT INTO search_text(search_text, rowid, title, words, place)
        VALUES ('delete', old.id, old.title, old.words, old.place); END""",
    """CREATE TRIGGER search_doc_changed AFTER UPDATE ON search_doc BEGIN
        INSERT INTO search_text(search_text, rowid, title, words, place)
        VALUES ('delete', old.id, old.title, old.words, old.place);
        INSERT INTO search_text(rowid, title, words, place) VALUES (new.id, new.title, new.words, new.place); END""",
    """CREATE TRIGGER search_word_made AFTER INSERT ON search_word BEGIN
        INSERT INTO search_gram(rowid, word) VALUES (new.id, new.word); END""",
    """CREATE TRIGGER search_word_gone AFTER DELETE ON search_word BEGIN
        INSERT INTO search_gram(search_gram, rowid, word) VALUES ('delete', old.id, old.word); END""",
)
POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX search_doc_title ON search_doc USING gin (title gin_trgm_ops)",
    "CREATE INDEX search_doc_words ON search_doc USING gin (words gin_trgm_ops)",
)


def upgrade() -> None:
    """Make them; ``flask search rebuild`` fills them from posts that are there already."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    if op.get_bind().dialect.name == "sqlite":
        for trigger in ("doc_made", "doc_gone", "doc_changed", "word_made", "word_gone"):
            op.execute(f"DROP TRIGGER search_{trigger}")
        for table in ("search_text", "search_gram", "search_word"):
            op.execute(f"DROP TABLE {table}")
    else:
        op.execute("DROP INDEX search_doc_title")
        op.execute("DROP INDEX search_doc_words")
