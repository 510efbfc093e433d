"""How interfaces that are made up are laid out: for each kind of program a function from a `Sketch` to the body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from training.screen.mockups import Sketch

Layout = Callable[[Sketch], str]


def mail(s: Sketch) -> str:
    """A mail program: folders, messages, one that is open."""
    folders = [("Inbox", "mail"), ("Starred", "star"), ("Sent", "send"), ("Drafts", "file"), ("Archive", "archive"),
               ("Spam", "spam"), ("Bin", "delete")]  # fmt: skip
    nav = "".join(s.link(text, icon, style="on" if not at else "") for at, (text, icon) in enumerate(folders))
    rows = "".join(
        f"<div class='row' data-row><input type='checkbox' aria-label='Select {escape(subject)}'>"
        f"<span>{s.one('people')}</span><span class='grow muted'>{escape(subject)}</span>"
        + "".join(s.button(name) for name in s.some(("star", "archive", "delete", "clock"), 1))
        + "</div>"
        for subject in s.words("subjects", 9)
    )
    tools = s.bar(s.some(("reply", "reply all", "forward message", "archive", "delete", "spam", "tag", "flag", "print",
                          "folder", "more"), 6), "line")  # fmt: skip
    return (
        _top(s, "mail")
        + f"<div class='columns'><nav>{s.button('edit', text='Compose', style='main')}{nav}</nav>"
        + (f"<main>{tools}{rows}</main></div>")
    )


def files(s: Sketch) -> str:
    """A file manager: places, folders and files as tiles or as lines."""
    tools = s.bar(s.some(("back", "next", "up", "refresh", "home", "folder", "cut", "copy", "paste", "delete", "edit",
                          "list", "grid", "sort", "search", "eye", "menu"), 9), "line")  # fmt: skip
    places = (("Home", "home"), ("Pictures", "image"), ("Music", "music"), ("Videos", "video"), ("Trash", "delete"),
              ("Network", "wifi"), ("This computer", "desktop"))  # fmt: skip
    nav = "".join(s.link(text, icon) for text, icon in places)
    if s.rng.random() < 0.5:
        things = [(name, "folder") for name in s.words("folders", 6)] + [(name, "file") for name in s.words("files", 8)]
        body = f"<div class='tiles'>{''.join(s.button(icon, text=name, style='big') for name, icon in things)}</div>"
    else:
        rows = "".join(
            f"<tr><td>{s.link(name, 'file')}</td><td>{s.rng.randint(2, 900)} KB</td>"
            f"<td>{s.button('download')}{s.button('share')}{s.button('more')}</td></tr>"
            for name in s.words("files", 9)
        )
        body = f"<table><tr><th>Name</th><th>Size</th><th>Actions</th></tr>{rows}</table>"
    return f"{tools}<div class='columns'><nav>{nav}</nav><main>{body}</main></div>"


def player(s: Sketch) -> str:
    """A music player: a list of songs, a bar with what plays."""
    rows = "".join(
        f"<div class='row' data-row>{s.button('play')}<span class='grow'>{song}</span>"
        f"<span class='muted'>{s.one('artists')}</span>{s.button('heart', 'star')}{s.button('more')}</div>"
        for song in s.words("songs", 8)
    )
    controls = s.bar(["shuffle", "skip previous", s.rng.choice(("play", "pause")), "skip next", "repeat"], "centre")
    extra = s.bar(s.some(("volume", "list", "headphones", "expand", "microphone", "heart", "download"), 3))
    nav = "".join(s.link(text, icon) for text, icon in (("Home", "home"), ("Search", "search"), ("Library", "book"),
                                                        ("Radio", "rss"), ("Liked", "heart")))  # fmt: skip
    return (
        f"<div class='columns'><nav>{nav}</nav><main><div class='cover'></div><h1>{s.one('songs')}</h1>{rows}</main>"
        f"</div><footer class='bar line'><span>{s.one('songs')}</span><span class='space'></span>{controls}"
        f"<span class='space'></span>{extra}</footer>"
    )


def editor(s: Sketch) -> str:
    """A word processor: two tool bars and a sheet."""
    upper = s.bar(s.some(("menu", "add", "folder", "save", "print", "undo", "redo", "cut", "copy", "paste", "search",
                          "zoom in", "zoom out", "share", "download"), 9), "line")  # fmt: skip
    lower = s.bar(s.some(("bold", "italic", "underline", "align left", "align center", "list", "numbered list", "link",
                          "image", "table", "code", "palette", "chat", "attach"), 9), "line")  # fmt: skip
    select = (
        "<select aria-label='Font'><option>Serif</option></select>"
        "<select aria-label='Size'><option>12</option></select>"
    )
    text = "".join(f"<p>{snippet}</p>" for snippet in s.words("snippets", 6))
    return (
        f"{upper}<div class='bar line'>{select}{lower}</div><div class='sheet'><h1>{s.one('subjects')}</h1>{text}</div>"
    )


def chat(s: Sketch) -> str:
    """A chat: people on the left, a conversation, a field to write in."""
    people = "".join(s.link(name, "user", style="on" if not at else "") for at, name in enumerate(s.words("people", 8)))
    head = f"<header class='bar line'><b>{s.one('people')}</b><span class='space'></span>" + s.bar(
        s.some(("phone", "video", "search", "info", "pin", "users", "more"), 4)
    )
    bubbles = "".join(
        f"<div class='bubble {'mine' if s.rng.random() < 0.4 else ''}'>{text}</div>" for text in s.words("snippets", 6)
    )
    foot = s.bar(s.some(("add", "attach", "image", "camera", "microphone"), 2))
    field = "<input style='flex:1' placeholder='Write a message' aria-label='Message'>"
    return (
        f"<div class='columns'><nav>{s.bar(['menu', 'edit', 'settings'])}{people}</nav><main>{head}</header>{bubbles}"
        f"<div class='bar'>{foot}{field}{s.button('send', style='main')}</div></main></div>"
    )


def settings(s: Sketch) -> str:
    """Settings: sections on the left, switches and fields."""
    icons = (
        "settings",
        "palette",
        "lock",
        "volume",
        "wifi",
        "database",
        "user",
        "refresh",
        "eye",
        "globe",
        "cloud",
        "share",
    )
    sections = list(zip(("General", "Appearance", "Privacy", "Sound", "Network", "Storage", "Accounts", "Updates",
                         "Accessibility", "Languages", "Backups", "Sharing"), icons, strict=True))  # fmt: skip
    nav = "".join(s.link(text, icon, style="on" if not at else "") for at, (text, icon) in enumerate(sections))
    rows = "".join(
        f"<label class='row'><span class='grow'>{option}</span>"
        f"<input type='checkbox' {'checked' if s.rng.random() < 0.5 else ''}></label>"
        for option in s.words("options", 6)
    )
    fields = "".join(
        f"<label class='row'><span class='grow'>{name}</span><input></label>" for name in s.words("fields", 4)
    )
    buttons = (
        f"<div class='bar'>{s.button('save', text='Apply', style='main')}{s.button('undo')}{s.button('help')}</div>"
    )
    return (
        _top(s, "settings")
        + f"<div class='columns'><nav>{nav}</nav><main><h1>General</h1>{rows}{fields}{buttons}"
        + (f"<h2>Shortcuts</h2>{s.more(8)}</main></div>")
    )


def dashboard(s: Sketch) -> str:
    """A dashboard: figures, a table whose rows have buttons."""
    cards = "".join(
        f"<div class='card'><div class='muted'>{name}</div><b>{s.rng.randint(12, 9800):,}</b>"
        f"<div class='bar'>{s.button('more')}{s.button('chart', 'refresh')}</div></div>"
        for name in s.words("figures", 6)
    )
    rows = "".join(
        f"<tr><td>{name}</td><td>{s.one('places')}</td><td>{s.button('edit')}{s.button('eye')}"
        f"{s.button('delete')}</td></tr>"
        for name in s.words("people", 6)
    )
    side = s.bar(["menu", *s.some(("dashboard", "users", "chart", "cart", "calendar", "mail", "folder", "settings",
                                   "logout"), 6)], "down")  # fmt: skip
    return (
        _top(s, "chart")
        + f"<div class='columns'>{side}<main><div class='cards'>{cards}</div><h2>Customers</h2>"
        + (f"<table><tr><th>Name</th><th>City</th><th>Actions</th></tr>{rows}</table></main></div>")
    )


def shop(s: Sketch) -> str:
    """A shop: products with small buttons."""
    cards = "".join(
        f"<div class='card'><div class='cover'></div><b>{name}</b><div class='muted'>{s.rng.randint(5, 400)}.00</div>"
        f"<div class='bar'>{s.button('cart', style='main')}{s.button('heart', 'star')}{s.button('eye')}</div></div>"
        for name in s.words("products", 8)
    )
    side = "".join(f"<label class='l'><input type='checkbox'>{name}</label>" for name in s.words("places", 5))
    return (
        _top(s, "shopping bag")
        + f"<div class='columns'><nav><h2>Shops</h2>{side}{s.button('filter', text='Filter')}"
        + (f"</nav><main>{s.bar(['sort', 'grid', 'list'])}<div class='cards'>{cards}</div></main></div>")
    )


def calendar(s: Sketch) -> str:
    """A month, with buttons to turn it."""
    busy = {s.rng.randint(1, 30): task for task in s.words("tasks", 8)}
    days = "".join(f"<div>{day}<p class='muted'>{busy.get(day, '')}</p></div>" for day in range(1, 31))
    tools = s.bar(
        ["menu", "back", "next", *s.some(("search", "help", "settings", "grid", "print", "share", "notifications"), 4)]
    )
    head = f"<header class='bar line'>{tools}<b>{s.rng.choice(('March', 'June', 'October'))} 2026</b></header>"
    side = "".join(s.link(text, icon) for text, icon in (("Today", "calendar"), ("Reminders", "notifications"),
                                                         ("Invitations", "mail"), ("Birthdays", "gift")))  # fmt: skip
    new = s.button("add", style="main")
    return f"{head}<div class='columns'><nav>{new}{side}</nav><main><div class='month'>{days}</div></main></div>"


def drawing(s: Sketch) -> str:
    """A drawing program: tools down the left, a board, layers on the right."""
    left = s.bar(
        s.some(("edit", "palette", "image", "zoom in", "zoom out", "cut", "copy", "delete", "link", "eye"), 6), "down"
    )
    upper = s.bar(
        s.some(("menu", "folder", "save", "print", "undo", "redo", "download", "share", "help", "expand"), 6), "line"
    )
    layers = "".join(
        f"<div class='row' data-row><span class='grow'>Layer {number}</span>{s.button('eye', 'hide')}{s.button('lock')}"
        f"{s.button('delete')}</div>"
        for number in range(1, 6)
    )
    return f"{upper}{s.more(9, 'line')}<div class='columns'>{left}{s.more(7, 'down')}<div class='board'></div>" + (
        f"<aside><h2>Layers</h2>{layers}{s.bar(['add', 'up', 'down', 'copy'])}</aside></div>"
    )


def browser(s: Sketch) -> str:
    """A browser around an article."""
    tabs = "".join(f"<span role='tab' class='l'>{text}{s.button('close')}</span>" for text in s.words("subjects", 3))
    tools = s.bar(["back", "next", "refresh", "home"])
    field = "<input style='flex:1' aria-label='Address' value='example.org/articles/17'>"
    extra = s.bar(s.some(("star", "bookmark", "download", "shield", "user", "clock", "more", "menu"), 5))
    text = "".join(f"<p>{snippet} {s.one('snippets')}</p>" for snippet in s.words("snippets", 5))
    social = s.bar(s.some(("heart", "chat", "share", "bookmark", "facebook", "github", "rss", "print"), 4))
    return (
        f"<div class='bar' role='tablist'>{tabs}{s.button('add')}</div>"
        f"<div class='bar line'>{tools}{field}{extra}</div>"
        f"<article class='sheet'><h1>{s.one('subjects')}</h1>{social}{text}</article>"
    )


def phone(s: Sketch) -> str:
    """A telephone: a bar above, tiles, a bar below."""
    tiles = (("Messages", "chat"), ("Camera", "camera"), ("Maps", "map"), ("Weather", "cloud"), ("Clock", "clock"),
             ("Music", "music"), ("Files", "folder"), ("Wallet", "payment"), ("Settings", "settings"))  # fmt: skip
    grid = "".join(
        f"<div>{s.button(icon, style='big')}<div>{text}</div></div>" for text, icon in s.rng.sample(tiles, 9)
    )
    rows = "".join(
        f"<div class='row' data-row>{s.button('check')}<span class='grow'>{task}</span>{s.button('more')}</div>"
        for task in s.words("tasks", 4)
    )
    upper = f"<header class='bar'>{s.button('menu')}<b>{s.one('brands')}</b><span class='space'></span>" + s.bar(
        s.some(("search", "notifications", "user", "wifi", "bluetooth", "battery"), 3)
    )
    lower = s.bar(s.some(("home", "search", "add", "heart", "user", "calendar", "chat"), 5), "spread")
    body = f"<div class='tiles'>{grid}</div>{rows}<span class='space'></span>"
    return f"<div class='phone'>{upper}</header>{body}{lower}</div>"


def tasks(s: Sketch) -> str:
    """A board of tasks in three columns."""
    columns = "".join(
        f"<div class='card' style='flex:1'><h2>{title}</h2>"
        + "".join(
            f"<div class='row' data-row><span class='grow'>{task}</span>{s.button('edit')}"
            f"{s.button('clock', 'calendar')}{s.button('user')}</div>"
            for task in s.words("tasks", 4)
        )
        + f"{s.button('add', text='Add a card')}</div>"
        for title in ("To do", "In progress", "Done")
    )
    return _top(s, "check") + f"<div class='columns' style='gap:14px;padding:14px'>{columns}</div>{s.more(6)}"


def code(s: Sketch) -> str:
    """A program to write programs in: activities, files, text, a terminal."""
    side = s.bar(s.some(("file", "search", "code", "bug", "play", "user", "settings", "database", "github"), 6), "down")
    tree = "".join(s.link(name, "folder" if at < 4 else "file") for at, name in
                   enumerate([*s.words("folders", 4), *s.words("files", 7)]))  # fmt: skip
    lines = "<br>".join(f"{number:3d}&nbsp;&nbsp;let total_{number} = read({number * 7});" for number in range(1, 19))
    foot = s.bar(s.some(("warning", "refresh", "notifications", "terminal", "check", "close"), 4))
    tools = s.bar(s.some(("play", "bug", "expand", "more", "close"), 3))
    return (
        f"<div class='columns'>{side}<nav><h2>Explorer</h2>"
        f"{s.bar(['add', 'folder', 'refresh', 'minimize'])}{tree}</nav>"
        f"<main>{tools}<pre>{lines}</pre><h2>Terminal</h2><pre>$ make test<br>12 passed</pre></main></div>{foot}"
    )


def place(s: Sketch) -> str:
    """A map with a list of places."""
    rows = "".join(
        f"<div class='row' data-row>{s.button('location')}<span class='grow'>{name}</span>{s.button('star')}"
        f"{s.button('share')}</div>"
        for name in s.words("places", 6)
    )
    ways = s.bar(s.some(("car", "plane", "truck", "user", "clock"), 3))
    over = s.bar(s.some(("zoom in", "zoom out", "location", "list", "expand", "map"), 4), "down")
    field = f"{s.button('menu')}<input placeholder='Search here'>{s.button('search')}{s.button('close')}"
    nav = f"<nav style='min-width:330px'><div class='bar'>{field}</div>{ways}{rows}</nav>"
    return f"<div class='columns'>{nav}<div class='board'></div>{over}</div>"


def login(s: Sketch) -> str:
    """A form to sign in, with an eye in the field."""
    form = (
        f"<form class='sheet' style='max-width:420px'><h1>{s.one('brands')}</h1>"
        f"<p>{s.button('user')}<input placeholder='User name'></p><p>{s.button('lock', 'key')}"
        f"<input type='password' placeholder='Password'>{s.button('eye', 'hide')}</p>"
        "<p><label><input type='checkbox' checked> Stay signed in</label></p>"
        f"<p>{s.button('login', text='Sign in', style='main')}</p><p><a href='#'>Forgot your password?</a></p>"
        f"{s.bar(['github', 'facebook', 'twitter', 'linkedin'], 'centre')}</form>"
    )
    top = f"<div class='bar'><span class='space'></span>{s.bar(['globe', 'help', 'moon'])}</div>"
    return f"{top}{form}{s.more(5, 'centre')}"


def _top(s: Sketch, icon: str) -> str:
    """The bar that many programs have at their top."""
    field = f"<input type='search' placeholder='Search {s.one('folders').lower()}'>"
    tools = s.bar(s.some(("notifications", "help", "settings", "grid", "moon", "user", "logout", "globe"), 4))
    return (
        f"<header class='bar line'>{s.button('menu')}{s.button(icon, style='muted')}<b>{s.one('brands')}</b>"
        f"<span class='space'></span>{field}{s.button('search')}<span class='space'></span>{tools}</header>"
    )


LAYOUTS: Mapping[str, Layout] = {
    one.__name__: one
    for one in (mail, files, player, editor, chat, settings, dashboard, shop, calendar, drawing, browser, phone, tasks,
                code, place, login)
}  # fmt: skip
