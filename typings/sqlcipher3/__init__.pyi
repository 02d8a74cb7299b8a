from sqlcipher3 import dbapi2 as dbapi2
from sqlcipher3.dbapi2 import *
from sqlcipher3.dbapi2 import sqlite_version as sqlite_version
