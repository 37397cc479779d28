package io.djinn.memory;

/** Where off-heap memory comes from: the operating system, or what a test puts in its place. */
public interface MemorySource {
  /** The C library's allocator. */
  MemorySource NATIVE =
      new MemorySource() {
        @Override
        public long allocate(long sizeBytes) {
          return NativeMemory.allocate(sizeBytes);
        }

        @Override
        public void free(long address) {
          NativeMemory.free(address);
        }
      };

  /** The address of a new block; throws {@link OutOfMemoryError} where there is none. */
  long allocate(long sizeBytes);

  void free(long address);
}
