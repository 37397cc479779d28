package io.djinn.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What a snapshot may read is never given up, however its registration meets the publisher. */
class SnapshotsTest {
  private static final int REGISTRATIONS = 20_000;

  @Test
  void noVersionIsGivenUpThatASnapshotJustRegisteredMayRead() throws Exception {
    Snapshots snapshots = new Snapshots(new Steps(LockSupport::parkNanos));
    AtomicLong oldestKept = new AtomicLong();
    FutureTask<Void> registering =
        new FutureTask<>(
            () -> {
              for (int i = 0; i < REGISTRATIONS; i++) {
                Snapshots.Registration snapshot = snapshots.register();
                long kept = oldestKept.get();
                assertTrue(
                    kept <= snapshot.number(),
                    "batch " + snapshot.number() + " is read, kept are those from " + kept);
                snapshots.release(snapshot);
              }
              return null;
            });
    new Thread(registering, "registering").start();
    for (long number = 1; !registering.isDone(); number++) {
      snapshots.publish(number);
      oldestKept.set(snapshots.oldestActive());
    }
    registering.get();
  }

  @Test
  void whatAStepUnderAReleasedSnapshotReadsIsKeptUntilItIsLeft() {
    Steps steps = new Steps(LockSupport::parkNanos);
    Snapshots snapshots = new Snapshots(steps);
    snapshots.publish(7);
    Snapshots.Registration snapshot = snapshots.register();
    Steps.Slot slot = steps.register();
    steps.enter(slot);
    snapshots.publish(10);
    snapshots.release(snapshot);
    assertEquals(7, snapshots.oldestActive());
    steps.leave(slot);
    assertEquals(10, snapshots.oldestActive());
    steps.unregister(slot);
  }

  @Test
  void whatAStepUnderAnExpiringSnapshotReadsIsKeptUntilItIsLeft() {
    AtomicReference<Runnable> pause = new AtomicReference<>();
    Steps steps = new Steps(nanos -> pause.get().run());
    Snapshots snapshots = new Snapshots(steps);
    snapshots.publish(7);
    Snapshots.Registration snapshot = snapshots.register();
    Steps.Slot slot = steps.register();
    steps.enter(slot);
    snapshots.publish(10);
    AtomicInteger pauses = new AtomicInteger();
    pause.set(
        () -> {
          assertTrue(snapshot.isExpired());
          assertEquals(7, snapshots.oldestActive());
          pauses.incrementAndGet();
          steps.leave(slot);
        });
    assertTrue(snapshots.expireOldest());
    assertEquals(1, pauses.get());
    assertEquals(10, snapshots.oldestActive());
    steps.unregister(slot);
  }
}
