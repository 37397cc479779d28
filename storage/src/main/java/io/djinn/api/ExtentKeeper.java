package io.djinn.api;

import io.djinn.buffer.PageFile;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.space.Space;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The thread of a build that reserves extents ahead of those that load, and syncs behind them what
 * they wrote.
 *
 * <p>A reservation that fails is told to whoever waits for the extent. A sync that fails seals the
 * store, so that the build can not end well. Where no thread can be started the threads that load
 * do this work themselves.
 */
final class ExtentKeeper implements Agent, AutoCloseable {
  private final GinBuild build;
  private final PageFile file;
  private final ArrayDeque<ExtentSink> asking = new ArrayDeque<>();
  private EngineThread thread;
  private boolean isSyncWanted;
  private boolean isClosed;

  ExtentKeeper(GinBuild build, PageFile file) {
    this.build = build;
    this.file = file;
  }

  /** Starts the thread, if that is possible. */
  void start(Env env) {
    try {
      thread = env.start("djinn-extents", this);
    } catch (OutOfMemoryError e) {
      thread = null;
    }
  }

  /** Asks for an extent, to be handed over by {@link ExtentSink#reserved}. */
  void ask(ExtentSink sink) {
    if (thread == null) {
      reserve(sink);
      return;
    }
    synchronized (this) {
      asking.add(sink);
    }
    thread.wake();
  }

  /** Waits until a sink that asked has its answer. */
  void await(ExtentSink sink) {
    if (thread != null) {
      thread.await(sink::isAnswered);
    }
  }

  /** Asks for a sync of what was written before this call. */
  void sync() {
    if (thread == null) {
      build.observer().during(BuildWait.SYNC, file::sync);
      return;
    }
    synchronized (this) {
      isSyncWanted = true;
    }
    thread.wake();
  }

  @Override
  public boolean work() {
    ExtentSink sink;
    boolean syncs;
    synchronized (this) {
      if (isClosed) {
        return false;
      }
      sink = asking.poll();
      syncs = sink == null && isSyncWanted;
      isSyncWanted &= !syncs;
    }
    if (sink != null) {
      reserve(sink);
      thread.signal();
    } else if (syncs) {
      file.sync();
    }
    return sink != null || syncs;
  }

  private void reserve(ExtentSink sink) {
    List<Space.PageRange> ranges = List.of();
    Throwable failure = null;
    try {
      // Whoever waits for this thread hears of its own wait, and not of what this one waits for.
      BuildObserver heard = thread == null ? build.observer() : BuildObserver.NONE;
      ranges = build.reserve(sink.extentPages(), heard);
    } catch (Throwable t) {
      failure = t;
    }
    sink.reserved(ranges, failure);
  }

  /** A failed sync has sealed the store already. */
  @Override
  public void failed(Throwable failure) {
    synchronized (this) {
      isSyncWanted = false;
    }
    thread.signal();
  }

  /** Ends the thread; what it was asked for and has not begun is not done. */
  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
    }
    if (thread != null) {
      thread.close();
    }
  }
}
