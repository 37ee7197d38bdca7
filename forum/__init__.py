"""The Reflexionsforum, floor by floor. A floor may use what stands below it and nothing above.

    factory      puts the house together; the only file that knows every capability
    listeners    who hears which change            cli       commands
    schedule     recurring jobs and their hours    demo      a demo event, made through actions only
    live search home                               those who listen, or look over everything
    moderation summaries                           what is done with the talk
    discussion                                     threads, posts and what a viewer is shown of them
    rooms drafts                                   events, theme rooms, members, phases; what is not sent yet
    people                                         accounts, sign-in, sessions, tokens
    web jobs                                       pages, API helpers, headers; work done later
    db storage mail keys                           the database, files, mails, secrets outside the database
    permissions changes text i18n config           who may, what can happen, words to HTML, languages, settings
    errors clock                                   the domain's refusals; the time

Three pages tell the rest: ``permissions.py`` (who may), ``changes.py`` (what can happen) and
``listeners.py`` (who hears it). ``docs/map.md`` shows where a thing lives.
"""
