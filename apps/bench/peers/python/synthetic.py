"""The same rows of ten columns that every contender makes."""

import datetime
import math

NAMES = ["id", "amount", "user", "city", "note", "created", "active", "price", "quantity", "ratio"]
CITIES = ["Hangzhou", "Beijing", "San Francisco", "München", "東京"]
EPOCH = datetime.datetime(1970, 1, 1)


def row(i):
    return [
        i * 7919,
        i * 1.25,
        "user_%d" % (i % 1000),
        CITIES[i % 5],
        "note for row number %d with some more text" % i,
        EPOCH + datetime.timedelta(milliseconds=1700000000000 + i * 1000),
        i % 2 == 0,
        "%d.50" % (i % 10000),
        i % 500,
        math.sqrt(i),
    ]
