package io.rpcspring.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

import io.rpcspring.server.ServerReport;

/**
 * The page on which people try every method of the server, and what all its tabs share.
 * <p>
 * It stops after the server, whose calls have their time to end, and before the web
 * server, which would wait for the tabs.
 */
public final class Console implements SmartLifecycle {

    /** The web server's graceful way out begins at 1024 below the last. */
    private static final int PHASE = Integer.MAX_VALUE - 512;

    private static final int TOKEN_BYTES = 32;

    private final ConsoleSettings settings;

    private final ConsoleSubject subject;

    private final CallWatch watch;

    private final String door;

    private final Schema schema;

    private final String token = token();

    private final Map<String, Tab> tabs = new ConcurrentHashMap<>();

    private volatile @Nullable Catalogue catalogue;

    private volatile @Nullable ConsoleRun run;

    /**
     * Creates a console without tabs.
     * @param settings where it is, and what a tab may cost
     * @param subject what it shows
     * @param watch recognizes the console's calls on the server
     * @param door the name of an in-process way into the server
     * @param rules that messages are checked against
     * @param classPath has the comments of protos
     */
    public Console(ConsoleSettings settings, ConsoleSubject subject, CallWatch watch, String door, KnownRules rules,
            ClassLoader classPath) {
        this.settings = settings;
        this.subject = subject;
        this.watch = watch;
        this.door = door;
        this.schema = new Schema(Comments.on(classPath), rules);
    }

    private static String token() {
        byte[] token = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(token);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    @Override
    public synchronized void start() {
        if (this.run == null) {
            this.run = new ConsoleRun(new InnerChannel(this.door, this.watch), this.settings.heartbeat().tick(),
                    this::tick);
        }
    }

    /** Tabs hear of the end of their calls before they are closed. */
    @Override
    public synchronized void stop() {
        ConsoleRun running = this.run;
        if (running != null) {
            this.run = null;
            running.close();
        }
        this.tabs.values().forEach((tab) -> tab.end(CloseStatus.GOING_AWAY));
    }

    @Override
    public boolean isRunning() {
        return this.run != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** The server was started, and may serve something else than before. */
    public void serverStarted() {
        this.catalogue = null;
        ConsoleRun running = this.run;
        if (running != null) {
            running.channel().serverIsThere();
            this.tabs.values().forEach((tab) -> running.channel().execute(tab::sayHello));
        }
    }

    private void tick() {
        ConsoleRun running = this.run;
        if (running != null && !this.tabs.isEmpty()) {
            Frame figures = this.tabs.values().stream().anyMatch(Tab::isWatching) ? this.subject.board().now() : null;
            this.tabs.values().forEach((tab) -> running.channel().execute(() -> tab.tick(figures)));
        }
    }

    /** A page has come; null if there are too many or none are taken. */
    @Nullable Tab open(WebSocketSession session) {
        if (this.run == null || this.tabs.size() >= ConsoleSettings.TABS) {
            return null;
        }
        Tab tab = new Tab(this, new Outbox(session), session.getPrincipal());
        this.tabs.put(session.getId(), tab);
        return tab;
    }

    @Nullable Tab tab(WebSocketSession session) {
        return this.tabs.get(session.getId());
    }

    void close(WebSocketSession session) {
        Tab tab = this.tabs.remove(session.getId());
        if (tab != null) {
            tab.close();
        }
    }

    boolean isToken(@Nullable String claimed) {
        return claimed != null && MessageDigest.isEqual(claimed.getBytes(StandardCharsets.UTF_8),
                this.token.getBytes(StandardCharsets.UTF_8));
    }

    /** What a page needs before it opens its socket. */
    Frame session() {
        return Frame.nameless().with("token", this.token).with("application", this.subject.application());
    }

    Frame hello(@Nullable String user) {
        return Frame.of("hello")
            .with("version", 1)
            .with("application", this.subject.application())
            .with("user", user)
            .with("state", this.subject.server().report().state())
            .with("address", this.subject.address())
            .with("limits", this.settings.limits())
            .with("security", this.subject.secured())
            .with("services", catalogue().services());
    }

    Catalogue catalogue() {
        Catalogue known = this.catalogue;
        if (known != null) {
            return known;
        }
        Catalogue fresh = Catalogue.of(this.subject.server(), this.schema.comments());
        if (this.subject.server().report().state() != ServerReport.State.STOPPED) {
            this.catalogue = fresh;
        }
        return fresh;
    }

    /**
     * The way to the server.
     * @throws IllegalArgumentException if the console has stopped meanwhile
     */
    InnerChannel channel() {
        ConsoleRun running = this.run;
        if (running == null) {
            throw new IllegalArgumentException("The console stops");
        }
        return running.channel();
    }

    Schema schema() {
        return this.schema;
    }

    Board board() {
        return this.subject.board();
    }

    ConsoleSettings settings() {
        return this.settings;
    }

}
