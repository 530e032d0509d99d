"""`call: grpc`: methods of services that a proto file describes.

The libraries for it are an extra, so what needs them is imported with the first call.
"""

from .calls import GrpcCalls

__all__ = ["GrpcCalls"]
