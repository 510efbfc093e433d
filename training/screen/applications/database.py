"""`python database.py FILE`: a small SQLite database of a shop, the same one each time."""

from __future__ import annotations

import random
import sqlite3
import sys
from contextlib import closing

NAMES = (
    "Ada Brooks",
    "Noor Haddad",
    "Jonas Weber",
    "Mei Lin",
    "Carlos Prieto",
    "Ines Duarte",
    "Tom Becker",
    "Yuki Mori",
)
THINGS = ("Walnut desk", "Reading lamp", "Wool blanket", "Tea pot", "Hiking boots", "Garden chair", "Bread knife")
CITIES = ("Ghent", "Porto", "Leeds", "Graz", "Turku", "Cork")

with closing(sqlite3.connect(sys.argv[1])) as database, database:
    rng = random.Random(7)
    database.executescript(
        "create table customers (id integer primary key, name text, city text, email text);"
        "create table products (id integer primary key, title text, price real, in_stock integer);"
        "create table orders (id integer primary key, customer integer references customers(id),"
        " product integer references products(id), ordered text, quantity integer, paid integer);"
    )
    customers = [(name, rng.choice(CITIES), f"{name.split()[0].lower()}@example.org") for name in NAMES]
    database.executemany("insert into customers (name, city, email) values (?, ?, ?)", customers)
    products = [(thing, rng.randint(5, 400), rng.randint(0, 60)) for thing in THINGS]
    database.executemany("insert into products (title, price, in_stock) values (?, ?, ?)", products)
    orders = [
        (
            rng.randint(1, 8),
            rng.randint(1, 7),
            f"2026-0{rng.randint(1, 6)}-{rng.randint(10, 28)}",
            rng.randint(1, 5),
            number % 3,
        )
        for number in range(80)
    ]
    database.executemany(
        "insert into orders (customer, product, ordered, quantity, paid) values (?, ?, ?, ?, ?)", orders
    )
