"""English."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

_VERBS = "do does did is was are were have has had ca could wo would should must need might ought ai dare may sha"
_CONTRACTED = frozenset(form for verb in _VERBS.split() for form in (f"{verb}n't", f"{verb}nt"))

LANGUAGE = Language(
    code="en",
    name="English",
    script="Latin",
    negators=_CONTRACTED
    | expressions(
        """
        not, no, never, none, nobody, nothing, nowhere, no one, no-one, neither, nor, cannot, can not, n't, cant
        no longer, not yet, no more, not only, not even, not just, not all, not every, not any, not a, not really
        not very, not quite, not so, not at all, not one, by no means, in no way, on no account
        under no circumstances, at no time, not necessarily, not always, not often, if not, not both, nothing but
        none but, anything but, far from, hardly, barely, scarcely, seldom, rarely, rarely if ever, hardly any
        hardly ever, barely any, few if any, little if any, fail to, fails to, failed to, failing to, refuse to
        refuses to, refused to, lack, lacks, lacked, lacking, instead of, rather than, too few, too little, or not
        forbidden, prohibited, disallowed, disabled, refuse, refuses, refused, refusing, deny, denies, denied, denying
        reject, rejects, rejected, rejecting, avoid, avoids, avoided, avoiding, leave out, leaves out, left out
        leaving out, out of reach, out of order, out of date, out of stock, dismissed, declined, declines, skip, skips
        skipped, false, wrongly, ruled out, rule out, opt out, not allowed, not permitted, exempt, exempt from, void
        ban, bans, banned, cease to, ceased to, cancelled, canceled, revoked, withdrawn, decide against
        decided against, vote against, voted against, advise against, advised against, advises against, speaks against
        is against, are against
        """
    ),
    conditions=expressions(
        """
        if, unless, until, till, before, after, when, whenever, once, as long as, so long as, as soon as, provided
        provided that, providing, providing that, on condition that, in case, in case of, in the event of
        in the event that, only if, only when, only after, only once, only until, even if, even when, if only
        if and only if, whether, assuming, assuming that, supposing, supposed that, given that, lest, wherever
        whichever, whatever, as if, as though, otherwise, or else, should you, subject to, depending on, contingent on
        regardless of, whether or, as of, prior to, by the time, every time, each time, the moment, insofar as
        to the extent that, as far as, in so far as, no matter, or if, and if, but if, whether or not
        """
    ),
    exceptions=expressions(
        """
        except, except for, except that, except when, except if, except in, except by, excepting, excluding
        exclusive of, without, other than, apart from, aside from, but for, save for, with the exception of, all but
        not including, in addition to, besides, barring, minus, instead, outside of, short of
        """
    ),
    limits=expressions(
        """
        at most, at least, up to, no more than, not more than, no less than, no fewer than, not less than, more than
        less than, fewer than, greater than, larger than, smaller than, higher than, lower than, longer than
        shorter than, older than, younger than, earlier than, later than, no later than, not later than
        no earlier than, as many as, as much as, as few as, as little as, a maximum of, a minimum of, maximum of
        minimum of, maximum, minimum, above, below, over, under, between, within, exactly, about, around
        approximately, roughly, nearly, almost, as late as, as early as, upwards of, not exceeding, at the latest
        at the earliest, at the most, at the very least, at the very most, or more, or less, or fewer, or later
        or earlier, or older, or younger, or above, or below, or so, more or less, per
        """
    ),
    focus=expressions(
        """
        only, even, just, solely, merely, exclusively, alone, simply, at all, purely, nothing more than, mainly
        mostly, primarily, largely, partly, partially, in part, always, almost always, usually, often, sometimes
        generally, occasionally, ever, especially, particularly, in particular, specifically, still
        """
    ),
    quantifiers=expressions(
        """
        all, every, everyone, everybody, everything, everywhere, any, anyone, anybody, anything, anywhere, some
        someone, somebody, something, somewhere, few, a few, quite a few, very few, little, a little, very little
        many, much, a lot, a lot of, lots of, plenty of, most, most of, all of, half, half of, both of
        a couple of, several, various, a number of, the majority of, a majority of, a minority of, the rest
        the rest of, enough, more, less, fewer, too many, too much, so many, so much, the more, the less, the fewer
        the most, the least, the same, the only, the other, the others, the first, the last, the next, another, other
        others, such, such a, such an, a bit, a bit of, a great deal of, a third, a quarter, a half, a dozen
        dozens of, hundreds of, thousands of, millions of, twice, whole, entire, the whole, the entire, some of
        """
    ),
    modals=expressions(
        """
        perhaps, maybe, probably, possibly, likely, unlikely, allegedly, reportedly, apparently, supposedly
        presumably, must, may, might, should, shall, can, could, would, will, ought to, have to, has to, had to
        having to, need to, needs to, needed to, is to, are to, was to, were to, be able to, is able to, are able to
        was able to, were able to, been able to, be allowed to, is allowed to, are allowed to, was allowed to
        were allowed to, be required to, is required to, are required to, was required to, were required to
        be supposed to, is supposed to, are supposed to, was supposed to, were supposed to, want to, wants to
        wanted to, plan to, plans to, planned to, intend to, intends to, intended to, try to, tries to, tried to
        trying to, used to, going to, about to, had better, would rather, would like to, can't help, seem to, seems to
        seemed to, appear to, appears to, appeared to, tend to, tends to, unable to, able to, gonna, gotta, wanna
        need, needs, ll, cannot but, expected to, likely to, unlikely to, certain to, sure to, bound to, free to
        hope to, hopes to
        """
    ),
    mild=expressions(
        """
        can, used to, wanna, want to, wants to, wanted to, plan to, plans to
        planned to, intend to, intends to, intended to, try to, tries to, tried to, trying to, be able to, is able to
        are able to, was able to, were able to, been able to, able to, tend to, tends to, hope to, hopes to, was to
        were to
        """
    ),
    light=expressions(
        """
        the, a, an, um, uh, erm, uhm, umm, uhh, hmm, of course, very, really, quite, extremely, basically, actually
        literally, honestly, frankly, indeed, truly, absolutely, totally, incredibly, rather, needless to say
        as you know, as we all know, as a matter of fact, in fact, in my opinion, to be honest, to tell the truth
        please note that, it should be noted that, it is worth noting that, it is important to note that
        it is interesting to note that, furthermore, moreover
        """
    ),
    starters=expressions(
        """
        also, in addition, additionally, anyway, anyways, okay, ok, oh, ah, yeah, please, in other words
        in conclusion, to conclude, to sum up, in summary, in short, all in all, first of all, as mentioned
        as mentioned above, by the way, obviously, certainly, interestingly, importantly, notably, similarly, likewise
        note that
        """
    ),
    binders=expressions(
        """
        of, by, from, to, for, with, than, into, onto, in, on, at, through, throughout, across, toward, towards, among
        amongst, amid, during, via, about, behind, beneath, beside, beyond, despite, in spite of, down, up, off
        out of, inside, outside, like, unlike, near, past, along, alongside, according to, as, as well as, because of
        due to, owing to, thanks to, on behalf of, in front of, on top of, next to, close to, in favor of
        in favour of, in response to, in order to, so as to, regarding, concerning, including, following, such as
        as to, with respect to, with regard to, in terms of, by means of, in accordance with, compared to
        compared with, based on, in relation to, on account of, under the, upon the, versus, vs, toward the, ago, upon
        against
        """
    ),
    openers=expressions(
        """
        and, but, or, because, although, though, even though, which, who, whom, whose, that, where, why, how, what, so
        so that, however, therefore, thus, hence, whereas, as a result, consequently, nevertheless, nonetheless
        on the other hand, on the contrary, in contrast, in order that, such that, albeit, and then, and so, but also
        as opposed to, that is, i.e, e.g, for example, for instance, accordingly, then, since, while, now that
        """
    ),
    stranded=expressions(
        """
        my, your, his, her, its, our, their, this, these, those, is, are, was, were, be, been, being, am, has, have
        had, having, do, does, did, i, he, she, it, we, they, you, there, i'm, i've, i'd, i'll, you're, you've, you'd
        you'll, he's, he'd, he'll, she's, she'd, she'll, it's, it'd, it'll, we're, we've, we'd, we'll, they're
        they've, they'd, they'll, that's, that'll, there's, here's, who's, what's, let's, get, gets, got, let
        """
    ),
    nouns=expressions("may, will, might, must, can, need"),
    articles=expressions("a, an, the, his, her, its, our, your, their, my, free, last, dire, urgent"),
    labels=expressions("no"),
    plain=expressions(
        """
        last but not least, no doubt, no wonder, no problem, no matter what, after all, above all, all right, at first
        in all, once again, once more, over again, over there, over time, what about, how about, over and over
        more and more, united states of, when it comes to, as a whole, no sooner, on the whole, under way
        none the less, no one's, a.m, might as well, a day, a week, a month, a year, a night, an hour, a minute
        a second, a hundred, a thousand, a million, a billion, a trillion
        """
    ),
    pairs=(
        Pair("condition", frozenset({"if", "unless", "when"}), frozenset({"then"}), 30),
        Pair("opener", frozenset({"not only", "not just"}), frozenset({"but"}), 20),
    ),
    denials=frozenset(f"{verb}n't" for verb in _VERBS.split())
    | expressions("not, no, never, nothing, nobody, none, cannot, without, neither, nor"),
    common=expressions(
        """
        the, and, of, to, is, that, it, was, for, on, are, with, as, be, this, have, from, or, by, not, but, what, all
        were, we, when, your, can, there, an, which, their, if, will, each, about, how, up, out, them, then, she
        would, these, other, into, has, more, his, her, him, could, been, who, its, now, than, my, only, should, i
        you, he, they, at, do, don't, it's, i'm, does, did, where, why, because, after, before, any, some, just, our
        must, may
        """
    ),
)
