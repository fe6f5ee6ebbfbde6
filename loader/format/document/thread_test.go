package document

import (
	"fmt"
	"strings"
	"testing"
)

// board is how a forum's software writes a thread: what is around the posts, and each post, of the arguments number,
// author, day in words, day, text, signature.
type board struct{ page, post string }

// boards are written after what the software of forums writes.
func boards() map[string]board {
	const login = `<form action="login.php"><input type="text" name="user"><input type="password" name="pass"><input type="submit" value="Log in"> Remember me?</form>`
	return map[string]board{
		"phpBB 3": {
			`<html><head><title>Bridges on the Aske - Ridge Forum</title></head><body id="phpbb"><div id="wrap"><div id="page-header"><h1>Ridge Forum</h1><ul class="linklist"><li><a href="#">FAQ</a></li><li><a href="#">Login</a></li></ul></div>` +
				`<div id="page-body"><h2 class="topic-title"><a href="#">Bridges on the Aske</a></h2>%s<form class="headerspace">` + login + `</form></div></div></body></html>`,
			`<div id="p70%[1]d" class="post has-profile bg2"><div class="inner"><dl class="postprofile" id="profile%[1]d"><dt><a href="#" class="username">%[2]s</a></dt><dd class="profile-rank">Corporal</dd><dd class="profile-posts"><strong>Posts:</strong> <a href="#">12</a></dd><dd class="profile-joined"><strong>Joined:</strong> 3 Jan 2012, 19:02</dd></dl>` +
				`<div class="postbody"><div id="post_content%[1]d"><h3><a href="#">Re: Bridges on the Aske</a></h3><ul class="post-buttons"><li><a href="#">Quote</a></li></ul><p class="author"><span>by <strong><a href="#" class="username">%[2]s</a></strong> » </span><time datetime="%[4]sT08:15:00+00:00">%[3]s, 08:15</time></p><div class="content">%[5]s</div><div id="sig%[1]d" class="signature">%[6]s</div></div></div><div class="back2top"><a href="#">Top</a></div></div></div>`,
		},
		"vBulletin 3": {
			`<html><head><title>Bridges on the Aske - Ridge Forum</title><meta name="generator" content="vBulletin 3.8"></head><body><table class="tborder"><tr><td class="alt1"><a href="index.php">Ridge Forum</a> &gt; <a href="forumdisplay.php?f=3">Rivers</a></td><td class="alt2">` + login + `</td></tr></table><div id="posts">%s</div></body></html>`,
			`<div align="center"><div class="page" style="width:100%%"><div style="padding:0px"><div id="edit80%[1]d"><table id="post80%[1]d" class="tborder" width="100%%"><tr><td class="thead"><div class="normal" style="float:right">#<a href="#"><strong>%[1]d</strong></a></div><div class="normal"><a name="post80%[1]d"></a>%[3]s, 07:22 AM</div></td></tr>` +
				`<tr><td class="alt2"><table><tr><td nowrap="nowrap"><div id="postmenu_80%[1]d"><a class="bigusername" href="#">%[2]s</a></div><div class="smallfont">Senior Member</div></td><td width="100%%">&nbsp;</td><td><div class="smallfont"><div>Join Date: Apr 2011</div><div>Location: Corrin</div><div>Posts: 4,312</div></div></td></tr></table></td></tr>` +
				`<tr><td class="alt1" id="td_post_80%[1]d"><div id="post_message_80%[1]d">%[5]s</div><div>__________________<br>%[6]s</div></td></tr><tr><td class="alt2"><a href="#">Reply With Quote</a></td></tr></table></div></div></div></div>`,
		},
		"vBulletin 4": {
			`<html><head><title>Bridges on the Aske - Page 2</title></head><body><div id="header">` + login + `</div><div id="notices"><div class="notice">If this is your first visit, be sure to check out the FAQ. You may have to register before you can post: click the register link above to proceed.</div></div>` +
				`<div id="pagetitle"><h1>Thread: <span class="threadtitle">Bridges on the Aske</span></h1></div><div id="postlist"><ol id="posts">%s</ol></div><div id="forumrules"><h4>Posting Permissions</h4><ul><li>You <strong>may not</strong> post new threads</li></ul></div></body></html>`,
			`<li class="postbitlegacy postcontainer" id="post_9%[1]d"><div class="posthead"><span class="postdate old"><span class="date">%[3]s,&nbsp;<span class="time">19:22</span></span></span><span class="nodecontrols"><a href="#">#%[1]d</a></span></div><div class="postdetails"><div class="userinfo"><a class="username" href="#"><strong>%[2]s</strong></a><span class="usertitle">Member</span><dl class="userinfo_extra"><dt>Join Date</dt><dd>Apr 2011</dd><dt>Posts</dt><dd>607</dd></dl></div>` +
				`<div class="postbody"><div class="postrow"><h2 class="title">Re: Bridges on the Aske</h2><div class="content"><div id="post_message_9%[1]d"><blockquote class="postcontent restore">%[5]s</blockquote></div></div></div><div class="signaturecontainer">%[6]s</div></div></div><div class="postfoot"><a href="#">Reply</a> <a href="#">Reply With Quote</a></div></li>`,
		},
		"vBulletin 5": {
			`<html><head><title>Bridges on the Aske</title></head><body><div id="header">` + login + `</div><h1 class="main-title">Bridges on the Aske</h1><div class="conversation-content"><ul class="conversation-list list-container h-clearfix thread-view">%s</ul></div></body></html>`,
			`<li data-node-id="5%[1]d" data-node-publishdate="1" class="b-post b-post--compact js-post js-comment-entry" itemprop="comment" itemscope itemtype="http://schema.org/Comment"><div class="l-row__fixed--left"><div class="b-userinfo"><div class="author"><strong><a href="#" data-vbnamecard="1">%[2]s</a></strong></div><ul class="b-userinfo__extras"><li><label>Join Date:</label> <span>Apr 2011</span></li><li><label>Posts:</label> <span>12</span></li></ul></div></div>` +
				`<div class="l-row__column"><div class="b-post__timestamp"><time itemprop="dateCreated" datetime="%[4]sT10:03:40">%[3]s, 10:03 AM</time></div><div class="b-post__body"><div class="js-post__content-text restore h-wordwrap" itemprop="text">%[5]s</div><div class="post-signature">%[6]s</div></div><div class="b-post__footer"><ul class="b-post-control"><li>Comment</li><li>Post</li></ul></div></div></li>`,
		},
		"XenForo 1": {
			`<html id="XenForo"><head><title>Bridges on the Aske | Ridge Forum</title></head><body><div id="loginBar">` + login + `</div><div class="titleBar"><h1>Bridges on the Aske</h1><p id="pageDescription" class="muted">Discussion in 'Rivers' started by <a class="username">orla</a>, <abbr class="DateTime">Feb 1, 2024</abbr>.</p></div><form class="InlineModForm"><ol class="messageList" id="messageList">%s</ol></form></body></html>`,
			`<li id="post-3%[1]d" class="sectionMain message" data-author="%[2]s"><div class="uix_message"><div class="messageUserInfo"><div class="messageUserBlock"><h3 class="userText"><a class="username" href="#">%[2]s</a><em class="userTitle">Member</em></h3><div class="extraUserInfo"><dl class="pairsJustified"><dt>Joined:</dt><dd>Apr 3, 2011</dd></dl><dl class="pairsJustified"><dt>Messages:</dt><dd>88</dd></dl></div></div></div>` +
				`<div class="messageInfo primaryContent"><div class="messageContent"><article><blockquote class="messageText SelectQuoteContainer ugc baseHtml">%[5]s</blockquote></article></div><div class="baseHtml signature messageText ugc"><aside>%[6]s</aside></div><div class="messageMeta"><div class="privateControls"><span class="item muted"><span class="authorEnd"><a class="username author">%[2]s</a>,</span> <a class="datePermalink"><span class="DateTime" title="%[3]s at 5:10 PM">%[3]s</span></a></span></div><div class="publicControls"><a class="item">#%[1]d</a></div></div></div></div></li>`,
		},
		"XenForo 2": {
			`<html id="XF"><head><title>Bridges on the Aske | Ridge Forum</title><meta property="og:title" content="Bridges on the Aske"><script type="application/ld+json">{"@type":"DiscussionForumPosting","headline":"Bridges on the Aske","datePublished":"2024-02-01T10:20:00+00:00","author":{"@type":"Person","name":"orla"}}</script></head><body>` + login +
				`<div class="p-title"><h1 class="p-title-value">Bridges on the Aske</h1></div><div class="p-description"><ul class="listInline"><li>Thread starter <a>orla</a></li><li>Start date <time datetime="2024-02-01T10:20:00+0000">Feb 1, 2024</time></li></ul></div><div class="block-body js-replyNewMessageContainer">%s</div></body></html>`,
			`<article class="message message--post js-post" data-author="%[2]s" id="js-post-1%[1]d"><div class="message-inner"><div class="message-cell message-cell--user"><section class="message-user"><div class="message-userDetails"><h4 class="message-name"><a class="username">%[2]s</a></h4><h5 class="userTitle">Member</h5></div><div class="message-userExtras"><dl class="pairs"><dt>Joined</dt><dd>May 3, 2011</dd></dl><dl class="pairs"><dt>Messages</dt><dd>2,311</dd></dl></div></section></div>` +
				`<div class="message-cell message-cell--main"><header class="message-attribution"><ul><li><time class="u-dt" datetime="%[4]sT10:00:00+0000" title="%[3]s at 10:00 AM">%[3]s</time></li><li><a>#%[1]d</a></li></ul></header><div class="message-content"><article class="message-body"><div class="bbWrapper">%[5]s</div></article><aside class="message-signature"><div class="bbWrapper">%[6]s</div></aside></div><footer class="message-footer"><a>Like</a> <a>Reply</a></footer></div></div></article>`,
		},
		"Discourse": {
			`<html><head><title>Bridges on the Aske - Rivers - Ridge Forum</title></head><body><header class="d-header"><a href="#">Log In</a></header><div id="topic-title"><h1><a href="#">Bridges on the Aske</a></h1></div><div class="posts-wrapper"><div class="post-stream">%s</div></div></body></html>`,
			`<div class="topic-post clearfix regular"><article id="post_%[1]d" aria-label="post #%[1]d by @%[2]s" role="region" data-post-id="77%[1]d" class="boxed onscreen-post"><div class="row"><div class="topic-avatar"><a class="main-avatar" data-user-card="%[2]s"></a></div><div class="topic-body clearfix"><div class="topic-meta-data"><div class="names trigger-user-card"><span class="first username"><a data-user-card="%[2]s">%[2]s</a></span></div><div class="post-infos"><div class="post-info post-date"><a class="post-date"><span title="%[3]s 9:14 am" data-time="1709629200000" data-format="tiny" class="relative-date">Mar 2024</span></a></div></div></div>` +
				`<div class="regular contents"><div class="cooked">%[5]s</div><section class="post-menu-area"><nav class="post-controls"><button>Like</button></nav></section></div></div></div></article></div>`,
		},
		"Invision": {
			`<html><head><title>Bridges on the Aske - Rivers - Ridge Forum</title></head><body class="ipsApp"><div id="elUserSignIn_menu">` + login + `</div><h1 class="ipsType_pageTitle"><span>Bridges on the Aske</span></h1><div id="elPostFeed" class="cTopic ipsClear" data-role="commentFeed"><form action="#">%s</form></div></body></html>`,
			`<article id="elComment_4%[1]d" class="cPost ipsBox ipsComment ipsComment_parent ipsClearfix"><aside class="ipsComment_author cAuthorPane"><h3 class="cAuthorPane_author"><strong><a href="#">%[2]s</a></strong></h3><ul class="cAuthorPane_info"><li data-role="group">Members</li><li data-role="posts">88 posts</li></ul></aside>` +
				`<div class="ipsColumn ipsColumn_fluid"><div id="comment-4%[1]d_wrap" class="ipsComment_content ipsType_medium"><div class="ipsComment_meta ipsType_light"><p class="ipsType_reset"><a class="ipsType_blendLinks">Posted <time datetime="%[4]sT10:00:00Z" title="03/05/2024 10:00 AM" data-short="1 yr">%[3]s</time></a></p></div><div class="cPost_contentWrap"><div data-role="commentContent" class="ipsType_normal ipsType_richText">%[5]s</div><div data-role="memberSignature" class="ipsBorder_top signature">%[6]s</div></div><div class="ipsItemControls"><ul class="ipsComment_controls"><li><a>Quote</a></li></ul></div></div></div></article>`,
		},
		"SMF 2": {
			`<html><head><title>Bridges on the Aske</title></head><body><div id="top_section">` + login + `</div><div id="forumposts"><div class="cat_bar"><h3 class="catbg"><span id="author">Author</span> Topic: Bridges on the Aske  (Read 312 times)</h3></div><form action="#" id="quickModForm">%s</form></div></body></html>`,
			`<div class="windowbg"><span class="topslice"><span></span></span><div class="post_wrapper"><div class="poster"><h4><a href="#" title="View the profile">%[2]s</a></h4><ul class="reset smalltext" id="msg_%[1]d_extra_info"><li class="membergroup">Regular</li><li class="postcount">Posts: 88</li></ul></div><div class="postarea"><div class="flow_hidden"><div class="keyinfo"><h5 id="subject_%[1]d"><a href="#">Re: Bridges on the Aske</a></h5><div class="smalltext">&#171; <strong>Reply #%[1]d on:</strong> %[3]s, 08:05:00 PM &#187;</div></div></div><div class="post"><div class="inner" id="msg_%[1]d">%[5]s</div></div></div><div class="moderatorbar"><div class="smalltext reportlinks">Logged</div><div class="signature" id="msg_%[1]d_signature">%[6]s</div></div></div></div>`,
		},
	}
}

// Of a forum's thread every post is kept, with its author and day, whatever software wrote the page; what is around the
// posts is not, and no day is that of all.
func TestThreads(t *testing.T) {
	posts := []struct{ author, shown, day, text string }{
		{"orla", "March 5, 2024", "2024-03-05", "<p>Does anybody know who holds the bridges on the Aske? The map of 2019 has a guard company of the 71st Logistics Battalion there.</p><p>The ferry at Mirn does not run.</p>"},
		{"Sgt. Tamm", "March 5, 2024", "2024-03-05", "Two of them were blown up yesterday."},
		{"hale_7", "March 6, 2024", "2024-03-06", "The 12th Brigade moved to the northern bank in the night, and its reconnaissance company is on the island; its commander is a Colonel Varga, who came from the School of Signals at the start of the year.<br><br>Of the others I know nothing."},
		{"orla", "March 8, 2024", "2024-03-08", "Thanks."},
		{"brandt", "March 9, 2024", "2024-03-09", "<p>All three are open again: lorries crossed them this morning on their way to Corrin, as the pictures in the paper show.</p>"},
	}
	for name, board := range boards() {
		t.Run(name, func(t *testing.T) {
			var all strings.Builder
			for i, post := range posts {
				fmt.Fprintf(&all, board.post+"\n", i+1, post.author, post.shown, post.day, post.text, "Amateurs talk tactics.")
			}
			page := fmt.Sprintf(board.page, all.String())
			d, err := Parse(t.Context(), []byte(page), "html", "")
			if err != nil {
				t.Fatal(err)
			}
			checkMap(t, d, []byte(page))
			if d.Date != "" || d.Author != "" || d.Title != "Bridges on the Aske" {
				t.Errorf("date %q, author %q, title %q", d.Date, d.Author, d.Title)
			}
			if len(d.Posts) != len(posts) {
				t.Fatalf("%d posts in\n%s", len(d.Posts), d.Text)
			}
			for i, post := range posts {
				have := d.Posts[i]
				if have.Author != post.author || have.Date != post.day {
					t.Errorf("post %d is by %q of %q", i, have.Author, have.Date)
				}
				text := string([]rune(d.Text)[have.Begin:have.End])
				want := strings.NewReplacer("<p>", "", "</p><p>", "\n\n", "</p>", "", "<br><br>", "\n\n").Replace(post.text)
				if text != want {
					t.Errorf("post %d reads\n%s\nwant\n%s", i, text, want)
				}
			}
		})
	}
}

// quotes are written after what the software of forums makes of a quote, of the arguments author and text.
func quotes() map[string]string {
	return map[string]string{
		"phpBB 3":     `<blockquote class="uncited"><div><cite><a href="#">%[1]s</a> wrote: <a href="#">↑</a></cite>%[2]s</div></blockquote>`,
		"vBulletin 3": `<div style="margin:20px"><div class="smallfont" style="margin-bottom:2px">Quote:</div><table cellpadding="6"><tr><td class="alt2"><div>Originally Posted by <strong>%[1]s</strong> <a href="#">View Post</a></div><div style="font-style:italic">%[2]s</div></td></tr></table></div>`,
		"vBulletin 4": `<div class="bbcode_container"><div class="bbcode_quote"><div class="quote_container"><div class="bbcode_quote_container"></div><div class="bbcode_postedby">Originally Posted by <strong>%[1]s</strong></div><div class="message">%[2]s</div></div></div></div>`,
		"XenForo 1":   `<div class="bbCodeBlock bbCodeQuote" data-author="%[1]s"><aside><div class="attribution type">%[1]s said: <a href="#">↑</a></div><blockquote class="quoteContainer"><div class="quote">%[2]s</div></blockquote></aside></div>`,
		"XenForo 2":   `<blockquote class="bbCodeBlock bbCodeBlock--expandable bbCodeBlock--quote" data-quote="%[1]s"><div class="bbCodeBlock-title"><a href="#">%[1]s said:</a></div><div class="bbCodeBlock-content"><div class="bbCodeBlock-expandContent">%[2]s</div></div></blockquote>`,
		"Discourse":   `<aside class="quote no-group" data-username="%[1]s" data-post="3"><div class="title">%[1]s:</div><blockquote><p>%[2]s</p></blockquote></aside>`,
		"Invision":    `<blockquote class="ipsQuote" data-ipsquote-username="%[1]s"><div class="ipsQuote_citation">On 5/3/2024 at 10:00 AM, %[1]s said:</div><div class="ipsQuote_contents"><p>%[2]s</p></div></blockquote>`,
		"SMF 2":       `<div class="quoteheader"><div class="topslice_quote"><a href="#">Quote from: %[1]s on March 01, 2024, 08:05:00 PM</a></div></div><blockquote class="bbc_standard_quote">%[2]s</blockquote><div class="quotefooter"></div>`,
	}
}

// What a post quotes of somebody is told from what its author wrote, with whom it is of; what another post says in the
// same words is left out, and a passage in quotation marks is his own text.
func TestQuotesInPosts(t *testing.T) {
	const (
		earlier = "The 14th Brigade has its workshops in the old cannery, and its bridging company in the quarry behind it."
		lost    = "Nobody has seen the ferries since the flood of that spring, and the crossing at Mirn is closed to lorries."
		own     = "The \"old cannery\" burnt down two years ago; they must be elsewhere, as I wrote here before that."
	)
	for name, quote := range quotes() {
		t.Run(name, func(t *testing.T) {
			board := boards()[name]
			texts := []string{
				lost + " So I was told there.",
				fmt.Sprintf(quote, "hale_7", earlier) + own,
				fmt.Sprintf(quote, "orla", lost) + "That has changed, as far as I can see from the road above the landing stage.",
			}
			var all strings.Builder
			for i, text := range texts {
				fmt.Fprintf(&all, board.post+"\n", i+1, []string{"orla", "brandt", "tamm"}[i], "March 5, 2024", "2024-03-05", text, "x")
			}
			d, err := Parse(t.Context(), fmt.Appendf(nil, board.page, all.String()), "html", "")
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Posts) != 3 {
				t.Fatalf("%d posts in\n%s", len(d.Posts), d.Text)
			}
			points := []rune(d.Text)
			for i, want := range []int{0, 1, 0} {
				if len(d.Posts[i].Quotes) != want {
					t.Errorf("post %d has %d quotes:\n%s", i, len(d.Posts[i].Quotes), string(points[d.Posts[i].Begin:d.Posts[i].End]))
				}
			}
			for _, q := range d.Posts[1].Quotes {
				text := string(points[q.Begin:q.End])
				if q.Author != "hale_7" || !strings.Contains(text, earlier) || strings.Contains(text, "burnt down") {
					t.Errorf("%q is quoted of %q", text, q.Author)
				}
			}
			if text := string(points[d.Posts[1].Begin:d.Posts[1].End]); !strings.HasSuffix(text, own) {
				t.Errorf("its author wrote %q", text)
			}
			list := d.postList()
			if want := `"quotes":[{"begin":`; strings.Count(list, want) != 1 || !strings.Contains(list, `"author":"hale_7"`) {
				t.Errorf("kept is %s", list)
			}
		})
	}
}

// A list of posts is bounded: what is beyond is of nobody.
func TestManyPosts(t *testing.T) {
	d := &Document{}
	for i := range 1500 {
		d.Posts = append(d.Posts, &Post{Begin: i * 10, End: i*10 + 9, Author: "orla", Date: "2024-03-05"})
	}
	list := d.postList()
	if strings.Count(list, `"author"`) != 1000 || !strings.HasSuffix(list, `,{"begin":10000,"end":14999}]`) {
		t.Errorf("%d authors, and then %s", strings.Count(list, `"author"`), list[len(list)-40:])
	}
}

// A page with one post of a thread is not of the day on which the thread was begun, nor by who began it.
func TestLastPost(t *testing.T) {
	board := boards()["XenForo 2"]
	page := fmt.Sprintf(board.page, fmt.Sprintf(board.post, 21, "brandt", "March 9, 2024", "2024-03-09",
		strings.Repeat("All three bridges are open again, and lorries crossed them this morning. ", 6), "Amateurs talk tactics."))
	d, err := Parse(t.Context(), []byte(page), "html", "")
	if err != nil {
		t.Fatal(err)
	}
	if d.Date != "" && d.Date != "2024-03-09" || d.Author == "orla" || !strings.Contains(d.Text, "All three bridges") {
		t.Errorf("date %q, author %q:\n%s", d.Date, d.Author, d.Text)
	}
}

// Comments on an article are no thread, and make no article.
func TestCommentsAreNoThread(t *testing.T) {
	comment := `<div class="comment" id="comment-%d"><div class="comment-author">reader%d</div><time datetime="2024-03-15">15 March 2024</time><p>%s</p></div>`
	var comments strings.Builder
	for i := range 30 {
		fmt.Fprintf(&comments, comment, i, i, strings.Repeat("What a brigade that is, they all say so. ", 6))
	}
	page := `<html><head><title>Brigade moves to Corrin</title></head><body><article><h1>Brigade moves to Corrin</h1>` +
		strings.Repeat(`<p>The 9th Brigade moved to Corrin on Tuesday, its commander Col. Jo Roe told the press on the way there, and more.</p>`, 6) +
		`</article><section id="comments"><h2>30 comments</h2>` + comments.String() + `</section></body></html>`
	d, err := Parse(t.Context(), []byte(page), "html", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Posts) != 0 || strings.Contains(d.Text, "they all say so") || !strings.Contains(d.Text, "Col. Jo Roe") {
		t.Errorf("%d posts in\n%s", len(d.Posts), d.Text)
	}
}
