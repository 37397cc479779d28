package io.djinn.nativetests.planted;

import io.djinn.batch.BatchCommitter;
import io.djinn.buffer.Snapshots;
import io.djinn.error.StoreSealedException;
import io.djinn.gin.posting.Segment;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The register of planted bugs. */
final class PlantedBugs {
  private static final String ROOT = "io.djinn.";
  private static final String SIM_FILE = ROOT + "testkit.SimRawFile.";
  private static final String SIM_VFS = ROOT + "testkit.SimVfs.";
  private static final String WRITER = ROOT + "wal.LogWriter";
  private static final String READER = ROOT + "wal.LogReader";
  private static final String RECORDS = ROOT + "wal.LogRecords";
  private static final String REDO = ROOT + "recovery.Redo";
  private static final String CONTROL = ROOT + "recovery.ControlFile";
  private static final String KEEPER = ROOT + "recovery.PageKeeper";
  private static final String STORE = ROOT + "recovery.PageStore";
  private static final String COMMITTER = ROOT + "batch.BatchCommitter";
  private static final String OPEN_BATCH = ROOT + "batch.OpenBatch";
  private static final String WRITE_BACK = ROOT + "buffer.WriteBack";
  private static final String VERSIONS = ROOT + "buffer.PageVersions";
  private static final String PAGE_FILE = ROOT + "buffer.PageFile";
  private static final String SPACE = ROOT + "space.Space";

  private static final List<PlantedBug> ALL = new ArrayList<>();

  private PlantedBugs() {}

  static List<PlantedBug> all() {
    return List.copyOf(ALL);
  }

  static PlantedBug byId(String id) {
    return ALL.stream().filter(bug -> bug.id().equals(id)).findFirst().orElseThrow();
  }

  private static void bug(String name, String how, Consumer<Plants> planting, Suite... suites) {
    ALL.add(new PlantedBug(name, how, planting, List.of(suites)));
  }

  // Suites.

  private static Suite pages(String workload) {
    return Suite.of(
            ROOT + "recovery.StoreSurvivesEveryCrashTest",
            "whatIsFoundAfterAnyCrashIsAPrefixWithEverythingAcknowledged")
        .with("djinn.crash.workload", workload)
        .with("djinn.crash.seeds", "2");
  }

  private static Suite oneSlot(String workload) {
    return Suite.of(
            ROOT + "recovery.StoreSurvivesEveryCrashTest",
            "oneControlSlotAloneLeadsToEverythingAcknowledgedAtAnyTime")
        .with("djinn.crash.workload", workload);
  }

  private static Suite indexes(String workload) {
    return Suite.of(ROOT + "build.IndexesSurviveEveryCrashTest")
        .with("djinn.crash.workload", workload)
        .with("djinn.crash.seeds", "1");
  }

  private static Suite failingDisk(String method) {
    return Suite.of(ROOT + "recovery.FailingDiskTest", method);
  }

  private static Suite damagedStore(String method) {
    return Suite.of(ROOT + "recovery.DamagedStoreTest", method);
  }

  private static Suite promises(String method) {
    return Suite.of(ROOT + "recovery.WrittenInOrderTest", method);
  }

  private static Suite sharedCommits(String method) {
    return Suite.of(ROOT + "recovery.SharedCommitsTest", method);
  }

  // Bugs.

  static {
    commits();
    checkpoints();
    versions();
    recovery();
    files();
    space();
    indexes();
    vacuum();
    pending();
    reports();
  }

  private static void commits() {
    bug(
        "drop the commit sync",
        "RawFile.sync of a log segment, called by LogWriter.sync, does nothing",
        plants ->
            plants.before(
                SIM_FILE + "sync",
                call -> {
                  if (call.isWithin(WRITER, "sync")) {
                    call.skip();
                  }
                }),
        pages("modes"));
    bug(
        "acknowledge before the sync",
        "BatchCommitter.await does nothing",
        plants -> plants.before(COMMITTER + ".await", Call::skip),
        pages("modes"));
    bug(
        "publish before durable",
        "Publisher.publish sees a log synced to its end; the commit still waits for its sync",
        plants ->
            plants
                .after(
                    WRITER + ".syncedLsn",
                    call -> {
                      if (call.isWithin(ROOT + "batch.Publisher", "publish")) {
                        call.result(Long.MAX_VALUE);
                      }
                    })
                .after(
                    COMMITTER + ".await",
                    call -> {
                      if (call.argument(2).toString().matches("SYNC|GROUP")) {
                        Insides.call(
                            Insides.get(call.self(), "log"),
                            "awaitSynced",
                            (Long) call.argument(1));
                      }
                    }),
        promises("aBatchIsSeenByNobodyBeforeItsSync"));
    bug(
        "next batch based on the published version",
        "PageVersions.resolve gives OpenBatch the newest published version",
        plants ->
            plants.before(
                VERSIONS + ".resolve",
                call -> {
                  if (call.<Long>argument(1) == Long.MAX_VALUE) {
                    Object snapshots = Insides.get(call.self(), "snapshots");
                    call.argument(1, Insides.call(snapshots, "published"));
                  }
                }),
        Suite.of(ROOT + "recovery.ConcurrentCommitsTest"));
    bug(
        "image decided at first touch",
        "OpenBatch.encode sees the redo point that was valid when the batch began",
        plants -> {
          AtomicLong begun = new AtomicLong();
          plants
              .before(
                  COMMITTER + ".commit",
                  call -> begun.set(Insides.<Long>get(call.self(), "redoBatch")))
              .before(
                  OPEN_BATCH + ".encode",
                  call -> {
                    if (call.<Long>argument(1) != begun.get()) {
                      call.argument(1, begun.get());
                    }
                  });
        },
        promises("aPageChangedBeforeACheckpointInItsBatchIsLoggedWhole"));
    bug(
        "a forgotten group acknowledged",
        "BatchCommitter.apply says that a group was appended of which a member threw",
        plants -> plants.after(COMMITTER + ".apply/2", call -> call.result(true)),
        sharedCommits("aMemberThatThrowsFailsAloneAndTheOthersKeepTheirOrder"));
    bug(
        "a member of a batch not told its number",
        "BatchCommitter.tellAppended does nothing",
        plants -> plants.before(COMMITTER + ".tellAppended", Call::skip),
        sharedCommits("commitsThatWaitTogetherAreOneBatchInTheirOrder"));
    bug(
        "a batch published without its sync",
        "Member.isSyncWanted, of the first member of a batch that waits for its sync, says no",
        plants ->
            plants.after(
                ROOT + "batch.Member.isSyncWanted",
                call -> {
                  if (call.isWithin(COMMITTER, "append")) {
                    call.result(false);
                  }
                }),
        sharedCommits("aCommitThatWaitsForNoSyncSharesNoneThatComesBehindIt"));
    imageSkipped("first", 0);
    imageSkipped("second", 1);
    bug(
        "sealed store still accepting commits",
        "Seal.check, LogWriter.check and its failure do not stop a commit",
        plants ->
            plants
                .before(ROOT + "recovery.Seal.check", Call::skip)
                .before(WRITER + ".check", Call::skip),
        failingDisk("aFailedSyncOfACheckpointIsFinal"));
    bug(
        "first cause of a sealed store lost",
        "Seal.check throws without the cause it keeps",
        plants ->
            plants.before(
                ROOT + "recovery.Seal.check",
                call -> {
                  if ((Boolean) Insides.call(call.self(), "isSealed")) {
                    call.struck();
                    throw new StoreSealedException("sealed", null);
                  }
                }),
        failingDisk("aFailedSyncOfTheLogIsFinalAndReadsGoOn"));
  }

  private static void imageSkipped(String which, int index) {
    bug(
        "image of the " + which + " changed page skipped",
        "OpenBatch.encode logs no edits in place of the page",
        plants ->
            plants.before(
                OPEN_BATCH + ".encode",
                call -> {
                  if (call.<Integer>argument(0) == index) {
                    int[] pageNos = Insides.get(call.self(), "pageNos");
                    call.skip(
                        Insides.callStatic(
                            RECORDS, "beginEdits", (Long) call.argument(3), pageNos[index]));
                  }
                }),
        pages("modes"));
  }

  private static void checkpoints() {
    bug(
        "drop the data sync before the control write",
        "PageFile.sync, called by WriteBack, does nothing",
        plants -> plants.before(PAGE_FILE + ".sync", call -> skipWithin(call, WRITE_BACK)),
        pages("modes"));
    bug(
        "control slot before the data sync",
        "PageFile.sync of a checkpoint is done after ControlFile.write",
        plants -> {
          AtomicReference<Object> unsynced = new AtomicReference<>();
          plants
              .before(
                  PAGE_FILE + ".sync",
                  call -> {
                    if (call.isWithin(KEEPER, "makeCheckpoint")) {
                      unsynced.set(call.self());
                      call.skip();
                    }
                  })
              .after(
                  CONTROL + ".write/1",
                  call -> {
                    Object file = unsynced.getAndSet(null);
                    if (file != null) {
                      Insides.call(file, "sync");
                    }
                  });
        },
        pages("modes"));
    bug(
        "both slots at once",
        "ControlFile.write of a checkpoint writes both slots, then syncs once",
        plants ->
            plants.before(
                CONTROL + ".write/1",
                call -> {
                  if (call.isWithin(KEEPER, "makeCheckpoint")) {
                    call.struck();
                    Object control = call.self();
                    Object state = call.argument(0);
                    Object[] slots = Insides.get(control, "slots");
                    int at = slots[0] == Insides.call(control, "state") ? 1 : 0;
                    Insides.call(control, "write", at, state);
                    Object next =
                        Insides.call(
                            state,
                            "next",
                            Insides.<Long>call(state, "redoLsn"),
                            Insides.<Long>call(state, "redoBatch"));
                    Insides.call(control, "write", 1 - at, next);
                    Insides.call(Insides.get(control, "file"), "sync", false);
                    call.skip();
                  }
                }),
        promises("noControlSlotIsWrittenWhileTheOtherOneIsNotDurable"));
    bug(
        "segment recycled one checkpoint early",
        "ControlFile.lowestRedoLsn gives PageKeeper the newest slot's",
        plants ->
            plants.after(
                CONTROL + ".lowestRedoLsn",
                call -> {
                  if (call.isWithin(KEEPER, "makeCheckpoint")) {
                    call.result(Insides.call(Insides.call(call.self(), "state"), "redoLsn"));
                  }
                }),
        oneSlot("segments"));
    bug(
        "drop a directory sync",
        "Vfs.syncDirectory, called by LogSegments for a new segment, does nothing",
        plants ->
            plants.before(
                SIM_VFS + "syncDirectory",
                call -> {
                  if (call.isWithin(ROOT + "wal.LogSegments", "prepareOne")) {
                    call.skip();
                  }
                }),
        pages("modes"));
    bug(
        "write-back before its log is durable",
        "PageVersions.writable takes everything for durable",
        plants -> plants.before(VERSIONS + ".writable", call -> call.argument(2, Long.MAX_VALUE)),
        Suite.of(ROOT + "buffer.WriteBackTest"));
    bug(
        "redo point taken before the batch",
        "BatchCommitter.fixRedoPoint gives the position before the newest batch, with its number",
        plants -> {
          AtomicLong before = new AtomicLong();
          plants
              .before(
                  WRITER + ".end",
                  call -> before.set(Insides.<Long>call(call.self(), "appendedLsn")))
              .after(
                  COMMITTER + ".fixRedoPoint",
                  call -> {
                    BatchCommitter.RedoPoint point = call.result();
                    if (before.get() > 0) {
                      call.result(new BatchCommitter.RedoPoint(before.get(), point.batch()));
                    }
                  });
        },
        pages("modes"));
    bug(
        "redo point not told to the writer",
        "BatchCommitter.fixRedoPoint leaves the older redo point to later batches",
        plants -> {
          AtomicLong older = new AtomicLong();
          plants
              .before(
                  COMMITTER + ".fixRedoPoint",
                  call -> older.set(Insides.<Long>get(call.self(), "redoBatch")))
              .after(
                  COMMITTER + ".fixRedoPoint",
                  call -> {
                    Insides.set(call.self(), "redoBatch", older.get());
                    call.struck();
                  });
        },
        pages("modes"));
    bug(
        "close not checkpointing",
        "PageKeeper.checkpoint, called by PageStore.close, does nothing",
        plants ->
            plants.before(
                KEEPER + ".checkpoint",
                call -> {
                  if (call.isWithin(STORE, "close")) {
                    call.skip();
                  }
                }),
        promises("closingLeavesNothingToRedo"));
    bug(
        "frame dropped before the covering sync",
        "WriteBack marks and retires the frames of a run, then syncs",
        plants -> {
          AtomicReference<Object> writeBack = new AtomicReference<>();
          AtomicInteger count = new AtomicInteger();
          plants
              .before(
                  WRITE_BACK + ".writeRun",
                  call -> {
                    writeBack.set(call.self());
                    count.set(call.argument(0));
                  })
              .before(
                  PAGE_FILE + ".sync",
                  call -> {
                    if (call.isWithin(WRITE_BACK, "writeRun")) {
                      Object versions = Insides.get(writeBack.get(), "versions");
                      int[] frames = Insides.get(writeBack.get(), "frames");
                      for (int i = 0; i < count.get(); i++) {
                        int pageNo = Insides.call(versions, "pageNoOf", frames[i]);
                        Insides.call(versions, "markInFile", pageNo, frames[i]);
                      }
                      Insides.call(versions, "retire");
                      call.struck();
                    }
                  });
        },
        promises("aFailedSyncOfPagesLosesNoVersion"));
  }

  private static void skipWithin(Call call, String className) {
    if (call.isWithin(className)) {
      call.skip();
    }
  }

  private static void versions() {
    bug(
        "newest frame unlinked first",
        "PageVersions.shrink unlinks the newest version of a chain",
        plants ->
            plants.before(
                VERSIONS + ".shrink",
                call -> {
                  Object versions = call.self();
                  Object frames = Insides.get(versions, "frames");
                  int newest = call.argument(1);
                  int older = Insides.call(frames, "older", newest);
                  if (older != 0
                      && Insides.<Long>call(frames, "batch", newest) <= call.<Long>argument(4)) {
                    Insides.call(Insides.get(versions, "table"), "head", call.argument(0), older);
                    Insides.call(Insides.get(versions, "unlinked"), "addInt", newest);
                    call.skip();
                  }
                }),
        pages("frames"));
    bug(
        "snapshot registered without reading again",
        "Snapshots.register stores the published number once",
        plants ->
            plants.before(
                ROOT + "buffer.Snapshots.register",
                call -> {
                  Snapshots.Registration registration = new Snapshots.Registration();
                  long number = Insides.call(call.self(), "published");
                  LockSupport.parkNanos(1_000_000);
                  Insides.set(registration, "number", number);
                  Insides.<List<Object>>get(call.self(), "registrations").add(registration);
                  call.skip(registration);
                }),
        Suite.of(ROOT + "buffer.SnapshotsTest"));
    bug(
        "expiry without waiting for entered steps",
        "Steps.awaitCurrent does not wait, and no frame waits in the limbo",
        plants ->
            plants
                .before(ROOT + "buffer.Steps.awaitCurrent", Call::skip)
                .before(
                    ROOT + "buffer.Steps.isPast/1",
                    call -> {
                      if (call.isWithin(VERSIONS)) {
                        call.skip(true);
                      }
                    }),
        Suite.of(ROOT + "api.HeldStepTest", "aReaderOfAnExpiringSnapshotSeesItOrIsToldSo"));
    bug(
        "verified bit left on a reused page",
        "PageFile.write sets the bits again that it has cleared",
        plants -> {
          ThreadLocal<List<Integer>> verified = ThreadLocal.withInitial(ArrayList::new);
          plants
              .before(
                  PAGE_FILE + ".write",
                  call -> {
                    verified.get().clear();
                    int first = call.argument(0);
                    for (int i = 0; i < call.<Integer>argument(2); i++) {
                      if ((word(call.self(), first + i) & bit(call.self(), first + i)) != 0) {
                        verified.get().add(first + i);
                      }
                    }
                  })
              .after(
                  PAGE_FILE + ".write",
                  call -> {
                    for (int pageNo : verified.get()) {
                      long mask = bit(call.self(), pageNo);
                      words(call.self(), pageNo)
                          .getAndUpdate(wordNo(call.self(), pageNo), word -> word | mask);
                      call.struck();
                    }
                  });
        },
        promises("aPageReadBeforeIsVerifiedAgainAfterItWasWritten"));
  }

  private static AtomicLongArray words(Object file, int pageNo) throws Exception {
    AtomicLongArray[] chunks = Insides.get(file, "verified");
    return chunks[pageNo / Insides.<Integer>get(file, "pagesPerChunk")];
  }

  private static int wordNo(Object file, int pageNo) throws Exception {
    return pageNo % Insides.<Integer>get(file, "pagesPerChunk") >>> 6;
  }

  private static long word(Object file, int pageNo) throws Exception {
    return words(file, pageNo).get(wordNo(file, pageNo));
  }

  private static long bit(Object file, int pageNo) throws Exception {
    return 1L << pageNo % Insides.<Integer>get(file, "pagesPerChunk");
  }

  private static void recovery() {
    bug(
        "a record skipped in redo",
        "every third LogRecords.applyEdits of Redo does nothing",
        plants -> {
          AtomicLong edits = new AtomicLong();
          plants.before(
              RECORDS + ".applyEdits",
              call -> {
                if (call.isWithin(REDO) && edits.incrementAndGet() % 3 == 0) {
                  call.skip();
                }
              });
        },
        pages("modes"));
    bug(
        "redo stopped one record early",
        "the last record that Redo would apply is left out",
        plants -> {
          AtomicLong seen = new AtomicLong();
          AtomicLong last = new AtomicLong();
          AtomicLong applied = new AtomicLong();
          plants
              .before(REDO + ".findEnd", call -> seen.set(0))
              .after(
                  REDO + ".checkedBody",
                  call -> {
                    if (Insides.<Boolean>callStatic(RECORDS, "isCommit", call.<Long>result())) {
                      last.set(seen.get());
                    } else {
                      seen.incrementAndGet();
                    }
                  })
              .before(REDO + ".replay", call -> applied.set(0))
              .before(
                  RECORDS + ".applyEdits",
                  call -> skipLast(call, applied.incrementAndGet(), last.get()))
              .before(
                  RECORDS + ".applyImage",
                  call -> skipLast(call, applied.incrementAndGet(), last.get()));
        },
        pages("modes"));
    bug(
        "record count of COMMIT ignored",
        "LogRecords.recordCount gives Redo.findEnd the number of records it has seen",
        PlantedBugs::ignoreRecordCount,
        Suite.of(ROOT + "recovery.ForgedCommitTest"));
    bug(
        "number of COMMIT ignored",
        "LogRecords.batch gives Redo.findEnd the number it expects",
        PlantedBugs::ignoreBatchNumber,
        Suite.of(ROOT + "recovery.ForgedCommitTest"));
    bug(
        "first position of COMMIT ignored",
        "LogRecords.firstLsn gives Redo.findEnd the position it expects",
        PlantedBugs::ignoreFirstLsn,
        Suite.of(ROOT + "recovery.ForgedCommitTest"));
    bug(
        "a tail adopted by the next batch",
        "Redo.findEnd takes zeros, number, count and position of a COMMIT as they come",
        plants -> {
          ignoreRecordCount(plants);
          ignoreBatchNumber(plants);
          ignoreFirstLsn(plants);
          plants.after(
              READER + ".isBehindZeros",
              call -> {
                if (call.<Boolean>result()) {
                  call.result(false);
                }
              });
        },
        pages("modes"));
    bug(
        "a record of a recycled segment accepted",
        "checksums of records and blocks leave epoch and position out, blocks stand anywhere",
        plants ->
            plants
                .before(
                    ROOT + "wal.RecordBuffer.checksum",
                    call -> {
                      call.argument(0, 0L);
                      call.argument(1, 0L);
                    })
                .before(ROOT + "wal.LogFormat.isBlockHeader", call -> call.skip(true)),
        Suite.of(ROOT + "wal.RecycledRecordsTest"));
    bug(
        "synced LSN of blocks ignored",
        "LogReader.highestSyncedLsn finds nothing",
        plants -> plants.after(READER + ".highestSyncedLsn", call -> call.result(0L)),
        damagedStore("noGarbledByteLosesWhatIsKnownToBeSynced"));
    bug(
        "record checksum not checked",
        "RecordBuffer.checksum gives LogReader the one that the record carries",
        plants -> {
          AtomicReference<Object> reader = new AtomicReference<>();
          MemoryRegion header = MemoryRegion.allocate(new MemoryAccount("planted", 64), 64);
          plants
              .before(READER + ".next", call -> reader.set(call.self()))
              .after(
                  ROOT + "wal.RecordBuffer.checksum",
                  call -> {
                    if (call.isWithin(READER, "next")) {
                      Insides.call(reader.get(), "copy", call.argument(1), header.address(), 8);
                      call.result(NativeMemory.getInt(header.address() + 4));
                    }
                  });
        },
        damagedStore("noGarbledByteLosesWhatIsKnownToBeSynced"));
    bug(
        "page checksum not checked",
        "PageChecksum.compute gives PageFile.verify the one that the page carries",
        plants ->
            plants.after(
                ROOT + "page.PageChecksum.compute",
                call -> {
                  if (call.isWithin(PAGE_FILE, "verify")) {
                    call.result(Page.checksum(Insides.<Long>call(call.self(), "copy")));
                  }
                }),
        Suite.of(ROOT + "api.DamagedPageTest"));
    bug(
        "control checksum not checked",
        "ControlFile.checksum gives readSlots the one that the slot carries",
        plants ->
            plants.after(
                CONTROL + ".checksum",
                call -> {
                  if (call.isWithin(CONTROL, "readSlots")) {
                    call.result(NativeMemory.getInt(Insides.<Long>get(call.self(), "slot") + 12));
                  }
                }),
        damagedStore("eitherControlSlotAloneOpensTheStoreAndNeitherIsAnError"));
    bug(
        "epoch not bumped",
        "PageStore.startLog sees every epoch one lower",
        plants ->
            plants
                .after(CONTROL + "$State.epoch", PlantedBugs::oneLessInStartLog)
                .after(READER + "$SegmentFile.epoch", PlantedBugs::oneLessInStartLog),
        damagedStore("theEpochInAFileThatWasBeingRecycledIsNotUsedAgain"));
    bug(
        "temporary files left at open",
        "PageStore.wipeTemporary does nothing",
        plants -> plants.before(STORE + ".wipeTemporary", Call::skip),
        Suite.of(ROOT + "api.LeftoverFilesTest"));
  }

  private static void oneLessInStartLog(Call call) {
    if (call.isWithin(STORE, "startLog")) {
      call.result(call.<Long>result() - 1);
    }
  }

  private static void skipLast(Call call, long number, long last) {
    if (call.isWithin(REDO) && number == last) {
      call.skip();
    }
  }

  private static void ignoreRecordCount(Plants plants) {
    AtomicInteger records = new AtomicInteger();
    plants
        .after(
            REDO + ".checkedBody",
            call -> {
              if (!Insides.<Boolean>callStatic(RECORDS, "isCommit", call.<Long>result())) {
                records.incrementAndGet();
              }
            })
        .after(
            RECORDS + ".recordCount",
            call -> {
              if (call.isWithin(REDO, "findEnd")) {
                call.result(records.getAndSet(0));
              }
            });
  }

  private static void ignoreBatchNumber(Plants plants) {
    AtomicReference<Object> redo = new AtomicReference<>();
    plants
        .before(REDO + ".findEnd", call -> redo.set(call.self()))
        .after(
            RECORDS + ".batch",
            call -> {
              if (call.isWithin(REDO, "findEnd")) {
                call.result(Insides.<Long>get(redo.get(), "lastBatch") + 1);
              }
            });
  }

  private static void ignoreFirstLsn(Plants plants) {
    AtomicLong first = new AtomicLong(-1);
    plants
        .after(
            READER + ".next",
            call -> {
              if (call.<Boolean>result() && first.get() < 0) {
                first.set(Insides.call(call.self(), "recordLsn"));
              }
            })
        .after(
            RECORDS + ".firstLsn",
            call -> {
              if (call.isWithin(REDO, "findEnd")) {
                call.result(first.getAndSet(-1));
              }
            });
  }

  private static void files() {
    shortWriteIgnored("the log", "wal/");
    shortWriteIgnored("a page", "pages");
    bug(
        "allocating leaves files sparse",
        "RawFile.allocate does nothing",
        plants -> plants.before(SIM_FILE + "allocate", Call::skip),
        failingDisk("aFileThatCanNotGrowLeavesTheStoreAsItWasAndPagesCanStillBeFreed"),
        failingDisk("withoutSpaceNothingChangesAndWritingGoesOnWhenThereIsSome"));
    bug(
        "an interrupt closes a file",
        "OsEnv.call runs the work on the caller's thread",
        plants ->
            plants.before(
                ROOT + "file.OsEnv.call",
                call -> {
                  call.struck();
                  call.skip(call.<Callable<?>>argument(1).call());
                }),
        Suite.of(ROOT + "file.OsEnvTest", "anInterruptDoesNotEndATaskAndIsKept"),
        Suite.of(ROOT + "file.OsEnvTest", "aTaskRunsOnAnOwnedThreadAndANestedOneOnTheSame"));
  }

  private static void shortWriteIgnored(String what, String prefix) {
    bug(
        "short write of " + what + " ignored",
        "RawFile.writeFully calls pwrite once",
        plants ->
            plants.before(
                ROOT + "file.RawFile.writeFully",
                call -> {
                  Object shadow = Insides.get(call.self(), "shadow");
                  if (Insides.<String>get(shadow, "name").startsWith(prefix)) {
                    Insides.call(
                        call.self(),
                        "pwrite",
                        call.argument(0),
                        call.argument(1),
                        call.argument(2));
                    call.skip();
                  }
                }),
        promises("shortWritesAreContinued"));
  }

  private static void space() {
    bug(
        "bulk load into a page freed after the redo point",
        "PageStore.freedThrough allows every freed page",
        plants -> plants.after(STORE + ".freedThrough", call -> call.result(Long.MAX_VALUE)),
        pages("builds"));
    bug(
        "extents of an aborted build leaked",
        "Space.freeExtent, called by releaseOne or releaseUnused, does nothing",
        plants ->
            plants.before(
                SPACE + ".freeExtent",
                call -> {
                  if (call.isWithin(SPACE, "releaseOne") || call.isWithin(SPACE, "releaseUnused")) {
                    call.skip();
                  }
                }),
        pages("builds"));
    bug(
        "free-list entry lost",
        "every third Space.free does nothing",
        plants -> {
          AtomicInteger freed = new AtomicInteger();
          plants.before(
              SPACE + ".free",
              call -> {
                if (freed.incrementAndGet() % 3 == 0) {
                  call.skip();
                }
              });
        },
        pages("free"));
    bug(
        "page freed twice",
        "Space.free frees every third page twice",
        plants -> {
          AtomicInteger freed = new AtomicInteger();
          plants.after(
              SPACE + ".free",
              call -> {
                if (freed.incrementAndGet() % 3 == 0) {
                  Insides.call(call.self(), "free", call.argument(0), call.argument(1));
                  call.struck();
                }
              });
        },
        pages("free"));
    bug(
        "lost pages not missed at open",
        "Space.firstLost finds none",
        plants -> plants.after(SPACE + ".firstLost", call -> call.result(-1)),
        Suite.of(
            ROOT + "build.FullLoggingTest",
            "aMinimalBuildIsNotInTheLogAndOpeningTheCopyNamesAPageThatIsGone"));
  }

  private static void indexes() {
    bug(
        "build record before the page sync",
        "PageFile.sync, called by GinBuild.complete, does nothing",
        plants ->
            plants.before(PAGE_FILE + ".sync", call -> skipWithin(call, ROOT + "api.GinBuild")),
        indexes("build-0"));
    bug(
        "an image of built pages left out",
        "the third GinBuild.log does nothing",
        plants -> {
          AtomicInteger logged = new AtomicInteger();
          plants.before(
              ROOT + "api.GinBuild.log",
              call -> {
                if (logged.incrementAndGet() == 3) {
                  call.skip();
                }
              });
        },
        Suite.of(ROOT + "build.FullLoggingTest", "aCopyFromBeforeTheBuildAndTheLogGiveTheIndex"));
    bug(
        "a wrong separator at a split",
        "EntryPageSequence.shortestSeparator gives the key before",
        plants ->
            plants.before(
                ROOT + "gin.entry.EntryPageSequence.shortestSeparator",
                call ->
                    call.skip(
                        Insides.call(
                            call.self(),
                            "copyKey",
                            call.<Integer>argument(0) - 1,
                            call.argument(1)))),
        Suite.of(ROOT + "gin.entry.EntryTreeTest"));
    bug(
        "last TID of a full segment dropped",
        "SegmentDecoder.decode gives one TID less where the segment is full",
        plants ->
            plants.after(
                ROOT + "gin.posting.SegmentDecoder.decode",
                call -> {
                  if (call.<Integer>result() == Segment.MAX_TIDS) {
                    call.result(Segment.MAX_TIDS - 1);
                  }
                }),
        Suite.of(ROOT + "gin.posting.SegmentCodecTest"));
    bug(
        "a wrong null category",
        "a null element is written as a null item",
        plants ->
            plants.before(
                ROOT + "api.BatchOperations$ColumnSink.nullElement",
                call -> {
                  Insides.call(call.self(), "nullItem");
                  call.skip();
                }),
        Suite.of(ROOT + "api.NullKeysTest"));
    bug(
        "advance() skips one TID",
        "SegmentCursor.advance goes to the TID behind",
        plants ->
            plants.before(
                ROOT + "gin.posting.SegmentCursor.advance",
                call -> call.argument(0, call.<Long>argument(0) + 1)),
        Suite.of(ROOT + "gin.posting.PostingListTest"),
        Suite.of(ROOT + "gin.scan.GinScanTest"));
    bug(
        "metapage counts not updated",
        "GinMetaPage.add does nothing",
        plants -> plants.before(ROOT + "gin.entry.GinMetaPage.add", Call::skip),
        indexes("rows-0"));
    bug(
        "delete leaves the key's TID",
        "EntryTree.remove leaves the last of the TIDs",
        plants ->
            plants.before(
                ROOT + "gin.entry.EntryTree.remove",
                call -> call.argument(6, call.<Integer>argument(6) - 1)),
        Suite.of(ROOT + "gin.entry.EntryTreeTest"));
    bug(
        "empty page not freed",
        "PageEditor.free, called by EntryTreeEdits.delete, does nothing",
        plants ->
            plants.before(
                ROOT + "gin.entry.CountingPageEditor.free",
                call -> {
                  if (call.isWithin(ROOT + "gin.entry.EntryTreeEdits", "delete")) {
                    call.skip();
                  }
                }),
        Suite.of(ROOT + "gin.entry.EntryTreeTest"));
  }

  private static void vacuum() {
    bug(
        "vacuum lets dead TIDs in at a commit",
        "BatchOperations.requireInsertable refuses nothing",
        plants -> plants.before(ROOT + "api.BatchOperations.requireInsertable", Call::skip),
        vacuum("anInsertOfATidInTheSetIsRefusedByTidAndIndexUntilVacuumHasEnded"));
    bug(
        "vacuum goes on behind the key it stood in",
        "IndexWalk.from gives the next key, though some TIDs of the key are left",
        plants ->
            plants.after(
                ROOT + "gin.vacuum.IndexWalk.from",
                call -> {
                  byte[] key = call.result();
                  call.result(Arrays.copyOf(key, key.length + 1));
                }),
        vacuum("aSnapshotThatIsGivenUpDoesNotEndVacuum"));
    bug(
        "vacuum goes on though its index was dropped",
        "GinIndex.requireLive, called by a slice of vacuum, finds nothing wrong",
        plants ->
            plants.before(
                ROOT + "api.GinIndex.requireLive",
                call -> {
                  if (call.isWithin(ROOT + "api.Vacuum", "check")
                      || call.isWithin(ROOT + "api.Vacuum$Slice", "apply")) {
                    call.skip();
                  }
                }),
        vacuum("aDroppedIndexEndsItsVacuumByName"));
  }

  private static void pending() {
    bug(
        "pending root not versioned",
        "PendingList.view gives every snapshot the newest list",
        plants ->
            plants.before(
                ROOT + "gin.pending.PendingList.view", call -> call.argument(0, Long.MAX_VALUE)),
        pending("rowsAreFoundAfterTheStoreWasOpenedAgainAndSnapshotsKeepTheListTheySaw"));
    bug(
        "a delete that forgets pending rows",
        "PendingRun.Builder.key is told of no deletes",
        plants ->
            plants.before(
                ROOT + "gin.pending.PendingRun$Builder.key/7",
                call -> {
                  if (call.<Integer>argument(6) > 0) {
                    call.argument(6, 0);
                  }
                }),
        pending("deletesHideWhatTheTreeHasAndRemoveItWhenTheyAreMerged"));
    bug(
        "frozen pages freed early",
        "FrozenChanges.next says that the walk is complete before it has begun",
        plants ->
            plants.before(
                ROOT + "gin.pending.PendingList$FrozenChanges.next",
                call -> {
                  Insides.set(call.self(), "isAtEnd", true);
                  call.skip(false);
                }),
        pending("mergingRowsThatTheTreeHasAlreadyEnds"));
    bug(
        "counts added instead of united",
        "PendingMergedStream.merge gives its last TID twice",
        plants ->
            plants.after(
                ROOT + "gin.scan.PendingMergedStream.merge",
                call -> {
                  int taken = call.result();
                  long[] block = call.argument(0);
                  if (taken > 0 && taken < block.length) {
                    block[taken] = block[taken - 1];
                    call.result(taken + 1);
                  }
                }),
        pending("rowsAreFoundAfterTheStoreWasOpenedAgainAndSnapshotsKeepTheListTheySaw"));
    bug(
        "the pending list is not read at open",
        "Djinn.loadPendingLists does nothing",
        plants -> plants.before(ROOT + "api.Djinn.loadPendingLists", Call::skip),
        pending("rowsAreFoundAfterTheStoreWasOpenedAgainAndSnapshotsKeepTheListTheySaw"));
    bug(
        "a pending row is not in its page",
        "PendingPage.append does nothing",
        plants -> plants.before(ROOT + "gin.pending.PendingPage.append", Call::skip),
        pending("rowsAreFoundAfterTheStoreWasOpenedAgainAndSnapshotsKeepTheListTheySaw"));
  }

  private static Suite pending(String method) {
    return Suite.of(ROOT + "api.PendingListTest", method);
  }

  private static Suite vacuum(String method) {
    return Suite.of(ROOT + "api.VacuumTest", method);
  }

  private static void reports() {
    bug(
        "a verifier that skips posting trees",
        "PostingVerifier.verify reports nothing",
        plants ->
            plants.after(
                ROOT + "gin.posting.PostingVerifier.verify/1",
                call -> {
                  if (!call.<List<?>>result().isEmpty()) {
                    call.result(List.of());
                  }
                }),
        Suite.of(ROOT + "gin.posting.PostingTreeTest", "damagedPagesAreRefusedAndReported"));
  }
}
