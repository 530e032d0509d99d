"""What do the files of a proto describe? Compiled by `protoc`, in a process of its own.

A compiler is a large program that reads what strangers wrote, so it gets the limits that scripts have.
"""

import sys
from dataclasses import replace

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool

from everloom.steps.processes import Command, Limits, run_to_end

from .sources import Sources, unusable_proto

MOST_BYTES = 8 * 1024 * 1024
"""Of a compiled proto."""

LONGEST_COMPLAINT = 1000


async def compiled(sources: Sources, limits: Limits) -> DescriptorPool:
    """The messages and services of a proto.

    Raises:
        Fault: It does not compile.
    """
    arguments = (
        *(sys.executable, "-m", "grpc_tools.protoc", "-I../protos", "--include_imports"),
        "--descriptor_set_out=/dev/stdout",
        f"../protos/{sources.main}",
    )
    files = {f"protos/{name}": text for name, text in sources.files.items()}
    finished = await run_to_end(Command(arguments, files=files), replace(limits, output=MOST_BYTES))
    if finished.code != 0:
        complaint = finished.complaint().replace("../protos/", "")[:LONGEST_COMPLAINT]
        raise unusable_proto(f"It does not compile:\n{complaint}")
    pool = DescriptorPool()
    try:
        for file in FileDescriptorSet.FromString(finished.output).file:
            pool.AddSerializedFile(file.SerializeToString())
    except (TypeError, ValueError) as error:
        raise unusable_proto(f"Its files do not fit together: {error}.") from None
    return pool
