package io.djinn.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.WriteBatch;
import io.djinn.file.Env;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.page.Page;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Each rule of the order of file calls is broken by hand, right beside a store that is at work, and
 * the checker names it; what the store itself does is in order.
 */
class CheckVfsTest {
  private static final int PAGE = 512;
  private static final DjinnOptions OPTIONS =
      DjinnOptions.defaults()
          .withPageSizeBytes(PAGE)
          .withFrameMemoryBytes(192 * PAGE)
          .withDurability(Durability.none())
          .withLogSegmentBytes(64 << 10)
          .withLogLimitBytes(256 << 10)
          .withMapChunkBytes(1 << 20);

  private final SimVfs disk = new SimVfs();
  private final MemoryRegion memory =
      MemoryRegion.allocate(new MemoryAccount("test", 1 << 16), 1 << 16);
  private final Env env = new SimEnv(disk, 1);
  private final CheckVfs vfs = (CheckVfs) env.vfs();
  private Djinn db;

  @BeforeEach
  void fillAStore() {
    db = Djinn.open(env, OPTIONS);
    db.createGin("i", GinSpec.column("c", ArrayOps.ofInts()));
    for (long row = 0; row < 40; row++) {
      insert(row, Durability.sync());
    }
    db.checkpoint();
    assertEquals(List.of(), vfs.violations());
  }

  @AfterEach
  void theCheckerRemembers() {
    List<String> broken = vfs.violations();
    assertTrue(!broken.isEmpty());
    disk.hook(null);
    assertThrows(AssertionError.class, vfs::close);
    try {
      db.close();
    } catch (AssertionError | RuntimeException expected) {
      assertTrue(disk.calls() > 0);
    }
    memory.close();
    disk.close();
  }

  private void insert(long row, Durability durability) {
    GinIndex index = db.gin("i");
    try (WriteBatch batch = db.begin(durability)) {
      index.insert(batch, row, List.of((int) row, 7));
      batch.commit();
    }
  }

  private void breaks(String rule, Executable calls) {
    AssertionError shout = assertThrows(AssertionError.class, calls);
    assertTrue(shout.getMessage().startsWith("rule " + rule + ": "), shout.getMessage());
    assertEquals(List.of(shout.getMessage()), vfs.violations());
  }

  private RawFile open(String name) throws IOException {
    return vfs.open(name, OpenMode.READ_WRITE);
  }

  private void page(int pageNo, long batch) {
    Page.format(memory.address(), PAGE, pageNo, 17, 0);
    Page.batch(memory.address(), batch);
  }

  /** The segment of the log that is being written. */
  private String segment() throws IOException {
    String newest = null;
    for (String name : disk.list("wal")) {
      byte[] bytes = disk.bytes("wal/" + name);
      boolean isUsed = false;
      for (int at = 4096; at < 4096 + 512; at++) {
        isUsed |= bytes[at] != 0;
      }
      newest = isUsed ? "wal/" + name : newest;
    }
    return newest;
  }

  private long logEnd(String segment) throws IOException {
    byte[] bytes = disk.bytes(segment);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    return (end + 511) & -512L;
  }

  private int older(byte[] control) {
    return control[24] < control[4096 + 24] ? 0 : 1;
  }

  /** Writes a copy of the newer control slot with the next generation over the older one. */
  private void writeSlot(RawFile control, int at, int generations, long batches)
      throws IOException {
    byte[] bytes = disk.bytes("control");
    NativeMemory.copyFromArray(bytes, (1 - older(bytes)) * 4096, memory.address(), 512);
    long slot = memory.address();
    NativeMemory.putLong(slot + 24, NativeMemory.getLong(slot + 24) + generations);
    NativeMemory.putLong(slot + 40, NativeMemory.getLong(slot + 40) + batches);
    control.writeFully(at * 4096L, slot, 512);
  }

  @Test
  void aPageWhoseBatchIsNotDurableIsRuleA() throws IOException {
    insert(100, Durability.none());
    long batch = db.stats().publishedBatch() + 1;
    page(3, batch);
    RawFile pages = open("pages");
    breaks("a", () -> pages.writeFully(3 * PAGE, memory.address(), PAGE));
  }

  @Test
  void aPageOfAnAppendedBatchWithoutSyncIsRuleA() throws IOException {
    insert(100, Durability.none());
    page(3, db.stats().publishedBatch());
    RawFile pages = open("pages");
    breaks("a", () -> pages.writeFully(3 * PAGE, memory.address(), PAGE));
  }

  @Test
  void aWriteBehindTheAllocatedPagesIsRuleB() throws IOException {
    page(100_000, 0);
    RawFile pages = open("pages");
    breaks("b", () -> pages.writeFully(disk.bytes("pages").length, memory.address(), PAGE));
  }

  @Test
  void aWriteIntoBlocksWhoseSizeIsNotSyncedIsRuleB() throws IOException {
    RawFile pages = open("pages");
    int end = disk.bytes("pages").length;
    pages.allocate(end, PAGE);
    page(end / PAGE, 0);
    breaks("b", () -> pages.writeFully(end, memory.address(), PAGE));
  }

  @Test
  void anUnloggedWriteToAPageInUseIsRuleC() throws IOException {
    page(3, 0);
    RawFile pages = open("pages");
    breaks("c", () -> pages.writeFully(3 * PAGE, memory.address(), PAGE));
  }

  @Test
  void aReadAtTheEndOfAFileIsRuleD() throws IOException {
    RawFile control = open("control");
    breaks("d", () -> control.pread(disk.bytes("control").length, memory.address(), 512));
  }

  @Test
  void anythingWrittenAfterAFailedSyncIsRuleE() throws IOException {
    RawFile pages = open("pages");
    disk.hook(IoHook.fail(IoOp.SYNC, 1, false, "simulated"));
    assertThrows(IOException.class, () -> pages.sync(false));
    page(3, 1);
    breaks("e", () -> pages.writeFully(3 * PAGE, memory.address(), PAGE));
  }

  @Test
  void growingAfterAFailedWriteOfTheLogIsRuleE() throws IOException {
    String name = segment();
    RawFile segment = open(name);
    long end = logEnd(name);
    disk.hook(IoHook.fail(IoOp.PWRITE, 1, false, "simulated"));
    assertThrows(IOException.class, () -> segment.writeFully(end, memory.address(), 512));
    RawFile pages = open("pages");
    breaks("e", () -> pages.allocate(disk.bytes("pages").length, PAGE));
  }

  @Test
  void aControlSlotBeforeTheSyncOfPagesIsRuleF() throws IOException {
    page(3, 1);
    open("pages").writeFully(3 * PAGE, memory.address(), PAGE);
    RawFile control = open("control");
    breaks("f", () -> writeSlot(control, older(disk.bytes("control")), 1, 0));
  }

  @Test
  void theNewerControlSlotOverwrittenIsRuleF() throws IOException {
    RawFile control = open("control");
    breaks("f", () -> writeSlot(control, 1 - older(disk.bytes("control")), 1, 0));
  }

  @Test
  void bothControlSlotsUnsyncedIsRuleF() throws IOException {
    RawFile control = open("control");
    int older = older(disk.bytes("control"));
    writeSlot(control, older, 1, 0);
    breaks("f", () -> writeSlot(control, 1 - older, 2, 0));
  }

  @Test
  void aRedoPointThatIsNotDurableIsRuleF() throws IOException {
    RawFile control = open("control");
    breaks("f", () -> writeSlot(control, older(disk.bytes("control")), 1, 10));
  }

  @Test
  void aNeededSegmentRecycledIsRuleG() throws IOException {
    String segment = segment();
    breaks("g", () -> vfs.rename(segment, "wal/next"));
  }

  @Test
  void aNeededSegmentDeletedIsRuleG() throws IOException {
    String segment = segment();
    breaks("g", () -> vfs.delete(segment));
  }

  @Test
  void aSyncedSectorOfTheLogWrittenAgainIsRuleH() throws IOException {
    String segment = segment();
    RawFile file = open(segment);
    long last = logEnd(segment) - 512;
    breaks("h", () -> file.writeFully(last, memory.address(), 512));
  }

  @Test
  void recordsUnderANameThatIsNotDurableIsRuleI() throws IOException {
    RawFile next = vfs.open("wal/next", OpenMode.CREATE_NEW);
    next.allocate(0, 64 << 10);
    next.writeFully(0, memory.address(), 4096);
    next.sync(true);
    vfs.rename("wal/next", "wal/00000000000000ff");
    breaks("i", () -> next.writeFully(4096, memory.address(), 512));
  }

  @Test
  void aSegmentNamedBeforeItIsSyncedIsRuleI() throws IOException {
    RawFile next = vfs.open("wal/next", OpenMode.CREATE_NEW);
    next.allocate(0, 64 << 10);
    next.writeFully(0, memory.address(), 4096);
    breaks("i", () -> vfs.rename("wal/next", "wal/00000000000000ff"));
  }
}
