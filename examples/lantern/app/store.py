"""Tables of the service. A thin layer, so that every duty's record has one obvious home."""

import sqlite3
from datetime import datetime, timezone

DB = sqlite3.connect("lantern.db", check_same_thread=False)


def insert(table: str, **values: object) -> int:
    """Add one row with the time of writing and return its id."""
    values["at"] = datetime.now(timezone.utc).isoformat()
    columns, marks = ", ".join(values), ", ".join("?" for _ in values)
    row = DB.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(values.values()))
    DB.commit()
    return int(row.lastrowid or 0)


def update(table: str, row_id: int, **values: object) -> None:
    """Change one row."""
    changes = ", ".join(f"{column} = ?" for column in values)
    DB.execute(f"UPDATE {table} SET {changes} WHERE id = ?", (*values.values(), row_id))
    DB.commit()


def rows(table: str, **where: object) -> list[dict[str, object]]:
    """Return the rows that match every given column."""
    tests = " AND ".join(f"{column} = ?" for column in where) or "1 = 1"
    cursor = DB.execute(f"SELECT * FROM {table} WHERE {tests}", tuple(where.values()))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor.fetchall()]


def delete(table: str, **where: object) -> None:
    """Remove the rows that match every given column."""
    tests = " AND ".join(f"{column} = ?" for column in where)
    DB.execute(f"DELETE FROM {table} WHERE {tests}", tuple(where.values()))
    DB.commit()
