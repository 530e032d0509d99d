"""What Python does a definition become?"""

from .workflows import COMPILER, Compiled, compile_definition

__all__ = ["COMPILER", "Compiled", "compile_definition"]
